"""Files and folders that are never visible half-written, and checks of output folders."""
