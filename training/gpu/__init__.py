"""One large GPU for some minutes, without a network: what is carried there, how it is trained, what comes back."""
