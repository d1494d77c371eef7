"""Others at the same task, beside ours: the rules of known programs restated, and libraries that solve a part of it.

Each peer runs in an environment of its own that only the bench installs; what runs there imports nothing of the project. The
rules of programs under copyleft licences are restated from a description of what they do; none of their code is here.
"""
