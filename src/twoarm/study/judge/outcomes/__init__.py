"""Do the outcomes contradict each other?"""
