"""Floors and a ceiling beside which a model's accuracy is read: chance, prior, nearest patients, boosting."""
