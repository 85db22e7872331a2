"""Language models behind one protocol (``base``): a vLLM server, a child process, recorded replies."""
