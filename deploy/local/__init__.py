"""The embedded deployment: everything on this machine, nothing to install but Python packages."""
