"""The library that is there: which show or film has which folder already."""
