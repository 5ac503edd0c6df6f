"""The activities: quizzes, scenarios and reflections in the browser."""
