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
autodoc_mock_imports: list[str] = []
