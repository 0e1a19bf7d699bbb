"""The windows of the plugin: the dock, the set-up of the environment, what went wrong."""
