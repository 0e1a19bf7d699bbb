"""Names of the steps that a reporter is told, in the order in which they come."""

from __future__ import annotations

MAKING = "Making an empty environment"
UPGRADING_PIP = "Updating pip inside the environment"
RESOLVING = "Finding out which packages are needed"
MEASURING = "Asking how large they are"
INSTALLING = "Downloading and installing packages"
CHECKING = "Trying the environment"
REMOVING = "Removing"

STEPS = (MAKING, UPGRADING_PIP, RESOLVING, MEASURING, INSTALLING, CHECKING, REMOVING)
