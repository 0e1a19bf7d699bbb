"""`python -m geoseg` is the same as `geoseg`."""

from __future__ import annotations

from geoseg.cli.main import main

if __name__ == "__main__":
    main()
