"""`python -m concepts …`"""

import sys

from concepts.cli import main

if __name__ == "__main__":
    sys.exit(main())
