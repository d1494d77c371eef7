"""Documentation that is made from the code, so that it cannot disagree with it: `python -m core.docs` writes the pages."""
