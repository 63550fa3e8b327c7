"""What would a factor that nobody measured have to be?"""
