"""The core on the web: health and measurements, pages for people, an API for programs. It shows; the stories decide."""
