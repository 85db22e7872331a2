"""The model that is trained: settings, weights, first state, and what is mended in the libraries."""
