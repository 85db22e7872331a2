"""Adapters: what training adds to published weights; kept by version, checked, merged, promoted and rolled back."""
