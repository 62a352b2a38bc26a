"""The words of the page in an exported archive, in the languages that it can be read in."""

from collections.abc import Mapping

Words = Mapping[str, str]

WORDS: Mapping[str, Words] = {
    "en": {
        "title": "What is held about you",
        "intro": "{desk} holds this of {who}, as of {at}. The file data.json beside this page"
        " says the same for programs. Names of staff, and what others wrote to one another, are"
        " left out. Attachments are not kept.",
        "kept": "What was written is kept for {text} days after the last mail of a matter that is"
        " settled, the matter itself for {tickets} days, unless its mailbox has other times. Mail"
        " also lies in the mailbox you wrote to.",
        "nothing": "Nothing is held.",
        "loose": "Mail that belongs to no matter (its text is not kept)",
        "mails": "Mail that was sent to you automatically or passed on to you",
        "announced": "Mended defects that you were told of",
        "audit": "You or your matters are named in {lines} lines of the record of what staff did.",
        "others": "In the matter of somebody else",
        "opened_at": "Opened",
        "acknowledged_at": "Acknowledged",
        "answered_at": "Last answered",
        "due_at": "Answer due",
        "state": "State",
        "state_open": "you wait for an answer",
        "state_answered": "answered",
        "state_closed": "closed",
        "anger": "How angry a program took it to be (0 to 1)",
        "because": "Because of these words",
        "defects": "Counted among complaints of",
        "from_them": "You wrote",
        "to_them": "You were written",
        "no_text": "[its text is not kept]",
        "events": "{number} steps are recorded, among them {notes} with words of staff to one"
        " another.",
    },
    "es": {
        "title": "Lo que se guarda sobre usted",
        "intro": "{desk} guarda esto de {who}, a fecha de {at}. El archivo data.json, junto a esta"
        " página, dice lo mismo para programas. No se incluyen los nombres del equipo ni lo que"
        " otras personas se escribieron entre sí. Los adjuntos no se guardan.",
        "kept": "Lo escrito se guarda {text} días desde el último correo de un asunto resuelto, y"
        " el asunto en sí {tickets} días, salvo que su buzón tenga otros plazos. El correo está"
        " además en el buzón al que usted escribió.",
        "nothing": "No se guarda nada.",
        "loose": "Correo que no pertenece a ningún asunto (su texto no se guarda)",
        "mails": "Correo que se le envió automáticamente o se le hizo llegar",
        "announced": "Defectos arreglados de los que se le avisó",
        "audit": "Usted o sus asuntos aparecen en {lines} líneas del registro de lo que hizo el"
        " equipo.",
        "others": "En el asunto de otra persona",
        "opened_at": "Abierto",
        "acknowledged_at": "Acuse de recibo",
        "answered_at": "Última respuesta",
        "due_at": "Respuesta prevista",
        "state": "Estado",
        "state_open": "usted espera una respuesta",
        "state_answered": "respondido",
        "state_closed": "cerrado",
        "anger": "Enfado que un programa vio en él (de 0 a 1)",
        "because": "Por estas palabras",
        "defects": "Contado entre las quejas sobre",
        "from_them": "Usted escribió",
        "to_them": "Se le escribió",
        "no_text": "[su texto no se guarda]",
        "events": "Constan {number} pasos, {notes} de ellos con palabras del equipo entre sí.",
    },
}
