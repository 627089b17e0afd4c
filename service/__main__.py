"""``python -m service`` is ``triptych``."""

from service.cli.main import main

if __name__ == "__main__":
    main()
