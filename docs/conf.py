from importlib.metadata import version as installed

project = "twoarm"
author = "the twoarm developers"
copyright = "2026, the twoarm developers"
version = release = installed("twoarm")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "twoarm"
exclude_patterns = ["_build"]
autodoc_typehints = "none"
napoleon_google_docstring = False
napoleon_use_ivar = True  # else every attribute is a target, and `n` is ambiguous
autodoc_mock_imports: list[str] = []
# A word in backticks that several classes have as a property: it is a word, not a link
suppress_warnings = ["ref.python"]
