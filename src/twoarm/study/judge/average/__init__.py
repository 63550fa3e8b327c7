"""How large is the average benefit, and what moves it?"""
