"""Numbers, charts, terminal, HTML, JSON: one view model, many skins."""
