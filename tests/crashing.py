"""Customers of both languages who write about one thing that no theme covers."""

ENGLISH = (
    "The app crashes as soon as I try to log in. I have installed it again and it is the same.",
    "Every time I sign in on my phone your app closes by itself.",
    "I cannot use the app any more: it crashes at the login screen since this morning.",
    "Logging in makes the app crash. My phone is new and everything else works on it.",
    "Since the update the app shuts down when I enter my password.",
    "Your app crashes on login, on my phone and on my tablet.",
)
SPANISH = (
    "La aplicación se cierra en cuanto intento iniciar sesión. La he instalado otra vez.",
    "Cada vez que entro con mi móvil la app se cierra sola.",
    "No puedo usar la aplicación: se cierra en la pantalla de inicio de sesión desde esta mañana.",
    "Al iniciar sesión la app falla y se cierra. Mi teléfono es nuevo y lo demás funciona.",
    "Desde la actualización la aplicación se cierra cuando pongo mi contraseña.",
    "Vuestra app se cierra al entrar, en el móvil y en la tableta.",
)
NEXT = ("The app crashes when I log in.", "La aplicación se cierra al iniciar sesión.")
"""Others who write later."""
