import type { Catalogue } from './catalogue';

const FROM_THEN_ON_DELETED =
  'werden alle Daten, Dateien, Konten und Sicherungen gelöscht. Das lässt sich nicht rückgängig machen.';

/** Mails to customers in German, with the formal “Sie”. */
export const DE: Catalogue = {
  tag: 'de-DE',
  direction: 'ltr',
  closing: {
    quoteReference: 'Wenn Sie sich deswegen an uns wenden, nennen Sie bitte diese Nummer:',
    reference: 'Vorgangsnummer',
    whyFirstAdmin: 'Sie erhalten diese E-Mail, weil Sie das erste Administratorkonto dieses Arbeitsbereichs haben.',
    whyContact:
      'Sie erhalten diese E-Mail, weil Ihre Organisation diese Adresse als Kontakt für diesen Arbeitsbereich angegeben hat.',
    notExpected: 'Falls Sie diese E-Mail nicht erwartet haben, können Sie sie ignorieren.',
  },
  welcome: {
    subject: (name) => `Der Arbeitsbereich von ${name} ist bereit`,
    subjectAgain: (name) => `Neue Zugangsdaten für ${name}`,
    ready: (name) => `Der Arbeitsbereich von ${name} ist bereit, und Sie haben dort das erste Administratorkonto.`,
    readyAgain: (name) =>
      `Die Zugangsdaten für Ihr Administratorkonto bei ${name} wurden ersetzt. Alle früheren Links sind ungültig, ebenso das Passwort und die API-Schlüssel, zu denen sie führten.`,
    fetch: (until) =>
      `Ihr erstes Passwort und die API-Schlüssel stehen nicht in dieser E-Mail. Sie können sie hier einmalig abrufen${until === undefined ? '' : `, und zwar bis zum ${until}`}:`,
    fetchAgain: (until) =>
      `Ihr neues Passwort und die API-Schlüssel stehen nicht in dieser E-Mail. Sie können sie hier einmalig abrufen${until === undefined ? '' : `, und zwar bis zum ${until}`}:`,
    fetchLabel: 'Passwort und Schlüssel abrufen',
    thenLogIn:
      'Melden Sie sich danach mit dem folgenden Benutzernamen an. Sie werden dann aufgefordert, ein eigenes Passwort zu wählen.',
    userName: 'Benutzername',
    logIn: 'Anmelden',
    notExpected:
      'Falls Sie diese E-Mail nicht erwartet haben, können Sie sie ignorieren: Ohne den Link oben kann sich niemand anmelden.',
  },
  notSetUp: {
    subject: (name) => `Der Arbeitsbereich von ${name} konnte nicht eingerichtet werden`,
    failed: (name) => `Der Arbeitsbereich von ${name} konnte nicht eingerichtet werden.`,
    toCorrect: {
      PlanNotFound:
        'Der bestellte Tarif ist nicht verfügbar. Bitte bestellen Sie erneut und wählen Sie dabei einen verfügbaren Tarif.',
      FeatureNotInPlan:
        'Eine bestellte Funktion ist in dem Tarif nicht enthalten. Bitte bestellen Sie erneut ohne diese Funktion oder mit einem Tarif, der sie enthält.',
      IntegrationNotInPlan:
        'Eine bestellte Integration ist in dem Tarif nicht enthalten. Bitte bestellen Sie erneut ohne diese Integration oder mit einem Tarif, der sie enthält.',
      CustomizationNotAllowed:
        'Die Bestellung ändert eine Einstellung, die sich in diesem Tarif nicht ändern lässt. Bitte bestellen Sie erneut ohne diese Änderung.',
      CustomizationInvalid:
        'Die Bestellung enthält für eine Einstellung des Tarifs einen Wert, der nicht möglich ist. Bitte korrigieren Sie ihn und bestellen Sie erneut.',
      RegionNotFound:
        'Den Standort, der für Ihre Daten bestellt wurde, gibt es nicht. Bitte bestellen Sie erneut mit einem anderen Standort.',
      ResidencyNotPossible:
        'Ihre Daten können an dem bestellten Standort nicht gespeichert werden. Bitte bestellen Sie erneut mit einem anderen Land oder einer anderen Region.',
      TransferNotAllowed:
        'Durch einen Teil der Bestellung würden Ihre Daten in ein Land gelangen, in dem sie nicht gespeichert werden dürfen. Bitte bestellen Sie erneut ohne diesen Teil oder mit einem anderen Standort für Ihre Daten.',
      CapabilityMissing:
        'Ein Teil der Bestellung ist an dem Standort, der für Ihre Daten gewählt wurde, nicht verfügbar. Bitte bestellen Sie erneut ohne diesen Teil oder mit einer anderen Region.',
      PaymentMethodDeclined:
        'Das Zahlungsmittel kann für künftige Zahlungen nicht verwendet werden. Bitte bestellen Sie erneut mit einem anderen, zum Beispiel einer Karte. Falls es eine Karte war, kann Ihnen Ihre Bank sagen, warum sie abgelehnt wurde.',
      TaxIdRefused:
        'Eine Steuernummer in der Bestellung ist nicht gültig. Bitte bestellen Sie erneut mit der Nummer in der Schreibweise Ihres Finanzamts oder ohne sie.',
    },
    notApproved:
      'Ein Teil der Bestellung muss freigegeben werden und wurde nicht freigegeben. Sie können ohne diesen Teil erneut bestellen.',
    ours: 'Der Grund ist ein technisches Problem auf unserer Seite. Sie brauchen nichts zu korrigieren; bitte bestellen Sie später erneut.',
    reasonGiven: (reason) => `Angegebener Grund: ${reason}`,
    nothingCharged: 'Es wurde nichts berechnet. Alles, was bereits vorbereitet war, wird wieder entfernt.',
  },
  cancelled: {
    subject: (name) => `Die Bestellung für ${name} wurde storniert`,
    paragraphs: (name) => [
      `Die Bestellung für den Arbeitsbereich von ${name} wurde storniert. Er wird deshalb nicht eingerichtet.`,
      'Es wurde nichts berechnet. Alles, was bereits vorbereitet war, wird wieder entfernt.',
    ],
  },
  accepted: {
    subject: (name) => `Wir richten den Arbeitsbereich von ${name} ein`,
    paragraphs: (name) => [
      `Wir haben die Bestellung für ${name} erhalten und richten den Arbeitsbereich ein.`,
      'Sie brauchen jetzt nichts zu tun. Sobald der Arbeitsbereich bereitsteht, erhalten Sie eine weitere E-Mail.',
    ],
  },
  approvalPending: {
    subject: (name) => `Die Bestellung für ${name} wartet auf Freigabe`,
    paragraphs: (name) => [
      `Die Bestellung für ${name} enthält etwas, das wir zuerst freigeben müssen. Wir prüfen das; Sie brauchen nichts zu tun.`,
      'Sobald darüber entschieden ist, melden wir uns. Vorher wird nichts berechnet.',
    ],
    until: (time) => `Die Entscheidung fällt spätestens am ${time}.`,
  },
  approved: {
    subject: (name) => `Die Bestellung für ${name} ist freigegeben`,
    paragraphs: (name) => [
      `Die Bestellung für ${name} ist freigegeben, und wir richten den Arbeitsbereich jetzt ein.`,
      'Sobald er bereitsteht, erhalten Sie eine weitere E-Mail.',
    ],
  },
  delayed: {
    subject: (name) => `Die Einrichtung für ${name} dauert länger als sonst`,
    paragraphs: (name) => [
      `Die Einrichtung des Arbeitsbereichs von ${name} dauert länger als sonst. Wir wissen davon und kümmern uns darum.`,
      'Sie brauchen nichts zu tun, und es wurde nichts berechnet. Wie es weitergeht, erfahren Sie in einer weiteren E-Mail.',
    ],
  },
  setUp: {
    subject: (name) => `Der Arbeitsbereich von ${name} ist eingerichtet`,
    ready: (name) => `Der Arbeitsbereich von ${name} ist eingerichtet und kann genutzt werden.`,
    plan: 'Tarif',
    address: 'Arbeitsbereich öffnen',
    credentialsElsewhere:
      'Wie man sich anmeldet, steht in einer eigenen E-Mail an die Person mit dem ersten Administratorkonto.',
  },
  suspended: {
    subject: (name) => `Der Arbeitsbereich von ${name} ist gesperrt`,
    why: (name) => `Der Arbeitsbereich von ${name} ist gesperrt.`,
    because: {
      non_payment: (name) => `Der Arbeitsbereich von ${name} ist gesperrt, weil eine Rechnung nicht bezahlt ist.`,
      abuse: (name) =>
        `Der Arbeitsbereich von ${name} ist gesperrt, weil er auf eine Weise genutzt wurde, die unsere Nutzungsbedingungen nicht erlauben.`,
      customer_request: (name) => `Der Arbeitsbereich von ${name} ist auf Wunsch Ihrer Organisation gesperrt.`,
      trial_ended: (name) => `Der Arbeitsbereich von ${name} ist gesperrt, weil die Testphase abgelaufen ist.`,
    },
    closed:
      'Solange er gesperrt ist, kann sich niemand anmelden, und die Anwendung und die API-Schlüssel funktionieren nicht.',
    readOnly:
      'Solange er gesperrt ist, kann man sich anmelden und alles lesen, aber nichts ändern. Dasselbe gilt für die API-Schlüssel.',
    kept: 'Alle Ihre Daten bleiben erhalten und werden weiterhin gesichert. Für diese Zeit werden keine Zahlungen eingezogen.',
    wayBack: 'Bitte wenden Sie sich an uns, damit der Arbeitsbereich wieder geöffnet wird.',
    wayBackAfter: {
      non_payment:
        'Bitte begleichen Sie den offenen Betrag. Melden Sie sich danach bei uns, und wir öffnen den Arbeitsbereich wieder.',
      trial_ended:
        'Wenn Sie weitermachen möchten, wenden Sie sich bitte an uns und wählen Sie einen Tarif. Der Arbeitsbereich wird dann unverändert wieder geöffnet.',
    },
  },
  resumed: {
    subject: (name) => `Der Arbeitsbereich von ${name} ist wieder geöffnet`,
    paragraphs: (name) => [
      `Der Arbeitsbereich von ${name} ist wieder geöffnet, so wie er vor der Sperrung war.`,
      'Alle können sich wieder anmelden, die API-Schlüssel funktionieren, und Zahlungen werden wie bisher eingezogen.',
    ],
  },
  leaving: {
    subject: (name, date) => `Der Arbeitsbereich von ${name} wird am ${date} gelöscht`,
    subjectNow: (name) => `Der Arbeitsbereich von ${name} wird jetzt gelöscht`,
    will: (name) => `Der Arbeitsbereich von ${name} wird demnächst gelöscht.`,
    willBecause: {
      non_payment: (name) =>
        `Der Arbeitsbereich von ${name} wird demnächst gelöscht, weil eine Rechnung nicht bezahlt ist.`,
      abuse: (name) =>
        `Der Arbeitsbereich von ${name} wird demnächst gelöscht, weil er auf eine Weise genutzt wurde, die unsere Nutzungsbedingungen nicht erlauben.`,
      customer_request: (name) =>
        `Der Arbeitsbereich von ${name} wird auf Wunsch Ihrer Organisation demnächst gelöscht.`,
      trial_ended: (name) =>
        `Der Arbeitsbereich von ${name} wird demnächst gelöscht, weil die Testphase abgelaufen ist.`,
    },
    now: (name) => `Der Arbeitsbereich von ${name} wird jetzt gelöscht.`,
    nowBecause: {
      non_payment: (name) =>
        `Der Arbeitsbereich von ${name} wird jetzt gelöscht, weil eine Rechnung nicht bezahlt ist.`,
      abuse: (name) =>
        `Der Arbeitsbereich von ${name} wird jetzt gelöscht, weil er auf eine Weise genutzt wurde, die unsere Nutzungsbedingungen nicht erlauben.`,
      customer_request: (name) => `Der Arbeitsbereich von ${name} wird auf Wunsch Ihrer Organisation jetzt gelöscht.`,
      trial_ended: (name) => `Der Arbeitsbereich von ${name} wird jetzt gelöscht, weil die Testphase abgelaufen ist.`,
    },
    closed:
      'Er ist geschlossen: Niemand kann sich anmelden, und die Anwendung und die API-Schlüssel funktionieren nicht.',
    deletedAt: (time) => `Am ${time} oder kurz danach ${FROM_THEN_ON_DELETED}`,
    deletedNow: `Dabei ${FROM_THEN_ON_DELETED}`,
    copy: 'Vorher wird eine Kopie Ihrer Daten erstellt. Wie Sie diese abrufen, erfahren Sie in einer weiteren E-Mail.',
    callOff:
      'Bis dahin lässt sich die Löschung noch abwenden; der Arbeitsbereich ist dann wieder wie zuvor. Wenn Sie das möchten, wenden Sie sich bitte rechtzeitig an uns.',
  },
  calledOff: {
    subject: (name) => `Der Arbeitsbereich von ${name} wird nicht gelöscht`,
    paragraphs: (name) => [
      `Die Löschung des Arbeitsbereichs von ${name} wurde zurückgenommen. Es wurde nichts gelöscht.`,
      'Der Arbeitsbereich ist so, wie er vor der Ankündigung war.',
    ],
    copyDeleted: 'Die Kopie Ihrer Daten, die dafür erstellt wurde, ist gelöscht und kann nicht mehr abgerufen werden.',
  },
  exported: {
    subject: (name) => `Die Daten von ${name} liegen zum Abruf bereit`,
    made: (name) => `Von allen Daten von ${name} wurde eine Kopie erstellt: ein verschlüsseltes Archiv.`,
    keptUntil: (time) => `Es wird bis zum ${time} aufbewahrt.`,
    contactUs: 'Bitte wenden Sie sich an uns, um das Archiv zu erhalten.',
    ownKey:
      'Es ist für den Schlüssel verschlüsselt, den Ihre Organisation angegeben hat. Nur mit diesem Schlüssel lässt es sich öffnen.',
    keyHere:
      'Der Schlüssel, mit dem es sich öffnen lässt, steht nicht in dieser E-Mail. Sie können ihn hier einmalig abrufen; bewahren Sie ihn gut auf:',
    fetchKey: 'Schlüssel abrufen',
  },
  trialEnding: {
    subject: (name, date) => `Die Testphase von ${name} endet am ${date}`,
    ends: (name, date) => `Die Testphase von ${name} endet am ${date}.`,
    then: {
      suspend:
        'Der Arbeitsbereich wird dann gesperrt: Niemand kann sich mehr anmelden, und alle Ihre Daten bleiben erhalten.',
      deprovision:
        'Der Arbeitsbereich wird dann geschlossen und später mit seinem gesamten Inhalt gelöscht. Vorher nennt Ihnen eine weitere E-Mail den genauen Zeitpunkt.',
    },
    toGoOn:
      'Wenn Sie ohne Unterbrechung weitermachen möchten, wenden Sie sich bitte vorher an uns und wählen Sie einen Tarif.',
  },
  paymentFailed: {
    subject: (name) => `Die Zahlung für ${name} ist fehlgeschlagen`,
    subjectAction: (name) => `Die Zahlung für ${name} braucht Ihre Bestätigung`,
    failed: (name) =>
      `Wir konnten die Zahlung für den Arbeitsbereich von ${name} nicht einziehen. Eine Rechnung ist daher offen.`,
    action: (name) =>
      `Ihre Bank verlangt Ihre Bestätigung, bevor sie die Rechnung für den Arbeitsbereich von ${name} bezahlt.`,
    whatToDo:
      'Bitte prüfen Sie Ihr Zahlungsmittel oder nennen Sie uns ein anderes. Wir versuchen es danach von selbst noch einmal.',
    confirm:
      'Bitte bestätigen Sie die Zahlung über den Link in der E-Mail mit der Rechnung oder nennen Sie uns ein anderes Zahlungsmittel.',
    suspendsAt: (time) =>
      `Ist die Rechnung am ${time} noch offen, wird der Arbeitsbereich gesperrt. Alle Ihre Daten bleiben erhalten, und er wird wieder geöffnet, sobald Sie bezahlt haben.`,
  },
  paymentReceived: {
    subject: (name) => `Die Zahlung für ${name} ist eingegangen`,
    paragraphs: (name) => [
      `Die offene Rechnung für den Arbeitsbereich von ${name} ist nun bezahlt. Vielen Dank.`,
      'Sie müssen nichts weiter tun.',
    ],
  },
};
