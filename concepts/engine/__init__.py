"""An analysis as a whole: what is asked, what it will cost, and jobs that do it."""
