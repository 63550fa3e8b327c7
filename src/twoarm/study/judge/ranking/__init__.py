"""Do benefits differ between patients, and is their ranking real?"""
