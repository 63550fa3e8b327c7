"""How large is the average effect, by every estimator, and what moves it?"""
