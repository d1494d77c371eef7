"""The core: what Tieout decides, keeps and promises, whichever surface asked."""
