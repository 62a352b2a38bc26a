"""`python -m mailresponder` is the `mailresponder` command."""

from mailresponder.cli import main

if __name__ == "__main__":
    main()
