"""The SUPPORT right-heart-catheterization table: ``rhc-sepsis`` and ``rhc-other``, and how they were made."""
