"""What moves the results without any change of the question?"""
