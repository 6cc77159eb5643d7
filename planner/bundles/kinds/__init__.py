"""The kinds of bundles, one module each; `bundle_kind_list` has the list of them."""
