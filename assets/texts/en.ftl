# What people read, in English. Each message says what happened and what to do next.
# The same names with the same variables stand in id.ftl; a test compares the two.

## Help

help = Nyx keeps your notes and files encrypted on this device. No server, no account anywhere else.
help-usage = Usage:
help-usage-options = [OPTIONS]
help-usage-command = COMMAND
help-commands = Commands
help-arguments = Arguments
help-options = Options
help-home = Where your vault lies [default: your data folder; also NYX_HOME]
help-json = Answer programs: one JSON object a line
help-password-file = Take the password from the first line of this file; - is standard input [also NYX_PASSWORD_FILE]
help-language = Language of the answers: en or id [default: your system's]
help-help = Show this help
help-version = Show the version
help-init = Create an account
help-init-name = What you want to be called
help-init-words = Words of the recovery phrase: 24 or 12 [default: 24]
help-init-phrase-out = Write the recovery phrase into this new file instead of showing it
help-recover = Come back with your recovery phrase: set a new password, or begin again on a new device
help-recover-name = What you want to be called, if there is no vault here that knows
help-password = Change the password
help-password-new-password-file = Take the new password from the first line of this file; - is standard input
help-status = Show your account and how much is in it
help-verify = Check every byte of the vault
help-note = Write to Notes, your conversation with yourself
help-note-text = The text; - reads it from standard input
help-note-attach = Keep this file with the note; can be given more than once
help-messages = Read messages
help-messages-who = Whose; without a name, your notes
help-messages-search = Only messages with all of these words in them or in the names of their files
help-messages-limit = At most this many, the newest [default: 50]
help-messages-save = Write their files into this folder; nothing there is overwritten
help-backup = Put everything into one encrypted file, or get it back from one
help-backup-create = Make a backup
help-backup-create-file = The new file
help-backup-create-to = What opens the backup: phrase or passphrase [default: phrase]
help-backup-create-passphrase-file = Take the passphrase from the first line of this file; - is standard input
help-backup-restore = Make a vault out of a backup, where there is none yet
help-backup-restore-file = The backup
help-backup-restore-passphrase-file = Take the passphrase from the first line of this file; - is standard input
help-erase = Erase the vault from this device, for good
help-erase-yes = Do not ask
help-doctor = Check the network of this device, or the link to another one
help-doctor-peer = Measure the link to another device that runs the same; no account is needed
help-doctor-show = Show a code for the other device, instead of reading one
help-doctor-camera = Read the other device's code with the camera, the one called NAME or the first
help-doctor-link-file = Read the other device's code from this file; - is standard input
help-doctor-image = Read the other device's code from a photo or a screenshot of it
help-doctor-code = Use a code to be typed; it needs --signal
help-doctor-by-hand = Use two codes that you carry yourself; no service, no searching of the network
help-doctor-address = Call the other device at this address, if it is not found: it shows one below its code
help-doctor-lan-only = Let nothing leave this network
help-doctor-relay-only = Hide your addresses from the other device: use only a relay of the service
help-doctor-signal = Signalling service to use: ws://… or wss://…
help-doctor-interface = Use only this network interface; can be given more than once
help-send = Move your account from this device to a new one: every message, every file, everything
help-send-discard = Give up a move that was begun, instead of going on with it; this account can be written to again
help-send-without-attachments = Leave the files out; they stay on this device
help-send-months = Take only what is younger than so many months along; the rest stays on this device
help-send-show = Show a code for the new device, instead of reading its code
help-send-camera = Read the new device's code with the camera, the one called NAME or the first
help-send-link-file = Read the new device's code from this file; - is standard input
help-send-image = Read the new device's code from a photo or a screenshot of it
help-send-code = Use a code to be typed; it needs --signal
help-send-by-hand = Use two codes that you carry yourself; no service, no searching of the network
help-send-address = Call the new device at this address, if it is not found: it shows one below its code
help-send-lan-only = Let nothing leave this network
help-send-relay-only = Hide your addresses from the other device: use only a relay of the service
help-send-signal = Signalling service to use: ws://… or wss://…
help-send-interface = Use only this network interface; can be given more than once
help-receive = Receive your account from the old device on this new one
help-receive-discard = Remove what came of a move that was begun, instead of going on with it
help-receive-show = Show a code for the old device; this is what happens if nothing else is said
help-receive-camera = Read the old device's code with the camera, the one called NAME or the first
help-receive-link-file = Read the old device's code from this file; - is standard input
help-receive-image = Read the old device's code from a photo or a screenshot of it
help-receive-code = Use a code to be typed; it needs --signal
help-receive-by-hand = Use two codes that you carry yourself; no service, no searching of the network
help-receive-address = Call the old device at this address, if it is not found: it shows one below its code
help-receive-lan-only = Let nothing leave this network
help-receive-relay-only = Hide your addresses from the other device: use only a relay of the service
help-receive-signal = Signalling service to use: ws://… or wss://…
help-receive-interface = Use only this network interface; can be given more than once
help-completions = Print completions for a shell
help-completions-shell = bash, elvish, fish, powershell or zsh
help-man = Print the manual page

## Questions

ask-password = Password:
ask-new-password = New password:
ask-again = Once more:
ask-passphrase = Passphrase of the backup:
ask-new-passphrase = Passphrase for the backup:
ask-phrase = Recovery phrase, all words with spaces between them (they do not show while you type):
ask-name = What do you want to be called?
ask-link = The other device's code:
ask-digits = Type the six digits that the new device shows:
ask-move-account = Is this your account? Compare the name and the four words with the old device (nyx status shows them). Type yes:
ask-move-consent = Your account moves to this device. Type yes to send it:
ask-move-consent-far = Your account moves to this device, and it is not on your network. If the device is not in your hands, type no. Type yes to send it:
ask-erase = This erases your vault from this device: every message, every file, and your account unless you have its recovery phrase or a backup. Type yes to erase it:
answer-yes = yes

## Remarks

remark-password-very-weak = This password is easy to guess. Whoever gets hold of your disk will probably find it. Four or five words that nobody would put together are much stronger; change it with: nyx password
remark-password-weak = This password is not strong. It keeps a curious person out, but not somebody with time and computers. A longer one is better; change it with: nyx password
remark-passphrase-weak = This passphrase is not strong, and whoever finds the file can go on guessing as long as they like. Better make another backup with four or five words that nobody would put together.
remark-phrase-void = The recovery phrase above belongs to no account now. Throw it away.

## Creating an account

phrase-shown = This is your recovery phrase. Write it on paper, in this order, and keep it where only you can find it. With it you can set a new password and prove that the account is yours. Whoever has it and your disk can read everything. Nyx will not show it again.
phrase-in-file = Your recovery phrase is in { $file }. Write it on paper and remove the file: whoever has the phrase and your disk can read everything.
init-done = Your account is ready, { $name }. Write your first note with: nyx note "Hello"

## Coming back

recover-here = There is a vault here. With your recovery phrase you set a new password; everything in the vault stays.
recover-empty = There is no vault here. Your recovery phrase alone brings back who you are: contacts will know that it is you. It does not bring back messages and files; those need a backup (nyx backup restore) or your old device.
recover-name = Recovered account
recover-here-done = The new password is set, and everything is still here.
recover-empty-done = You are back: same account, new keys on this device. Your messages and files are not here; they are in your backups and on your old device. Contacts will see that you recovered the account.

## Account

password-done = The password is changed. The old one no longer opens the vault.
status-name = Name: { $name }
status-aid = Account: { $aid }
status-words = In words: { $words }
status-state = State: { $state }
status-messages = Messages: { $count }
status-attachments = Files: { $count } ({ $size })
state-active = active
state-needs-phrase = readable; to speak for the account from this device, run nyx recover with your recovery phrase
state-frozen = being moved to another device
state-moved = moved to { $to }; here it can only be read
erase-done = The vault is erased from this device. Copies that your disk or its backups may still hold cannot be opened without your password or phrase.
erase-leftovers-done = There was no vault here, only what an interrupted creation or restore had left. That is erased from this device now.

## Notes

note-done = Noted.
messages-none = There is nothing here yet. Write something with: nyx note "Hello"
messages-none-found = No message has all of these words. Try fewer of them, or only a part of one.
message-head = { $at }  { $from }
message-me = me
message-edited = (edited)
message-disappeared = (disappeared)
message-attachment = [{ $name }, { $size }]
message-saved = saved as { $file }

## Backups and checking

backup-done-phrase = The backup is in { $file } ({ $size }). Your recovery phrase opens it. Keep it somewhere else than this device.
backup-done-passphrase = The backup is in { $file } ({ $size }). Its passphrase opens it, and nothing else does. Keep it somewhere else than this device.
restore-done = Everything from the backup is here. Messages: { $messages }, files: { $attachments }.
restore-needs-phrase = A backup cannot speak for your account. To do that from this device, run nyx recover with your recovery phrase. You can read and write notes right away.
verify-done = Everything is as it was written. Fingerprint of the content: { $hash }
verify-damaged = Damaged: { $what }
progress = { $done }
progress-of = { $done } of { $total } ({ $percent } %)
progress-left = { $done } of { $total } ({ $percent } %), { $rate } a second, { $left } left
duration-seconds = { $count } s
duration-minutes = { $count } min
duration-hours = { $count } h

damage-header = the header, which holds the locked keys
damage-page = page { $page } of the database
damage-database = the database ({ $cause })
damage-search = the search index
damage-row = row { $row } of the table { $table }
damage-blob-missing = an attached file is missing ({ $name })
damage-blob-changed = an attached file has changed ({ $name })
damage-bucket = keys of disappearing messages ({ $name })

## What went wrong

error-no-account = There is no account here yet. Create one with nyx init, come back with nyx recover, or name another place with --home.
error-account-exists = There is an account here already, and nothing was changed. Use another place with --home, or erase this one first with nyx erase.
error-folder-not-empty = The folder for the vault has other things in it, and nothing was changed. Choose an empty or new folder with --home.
error-open-to-others = Everybody on this computer can write to { $file }, and so put another vault in place of yours. Choose a folder of your own, or take that right away: chmod o-w { $file }
error-in-use = Another Nyx is using this vault. Close it, or wait until it is done, and try again.
error-perhaps-written = The note was handed to the Nyx that is open, but its answer was lost. Perhaps it is written: look there before you write it again.
error-locked = The vault is locked. Unlock it and try again.
error-wrong-password = That is not the password of this vault. Try again; if you have forgotten it, set a new one with your recovery phrase: nyx recover
error-wrong-phrase = This recovery phrase is a good one, but it belongs to another account. Look for the phrase of this account, or name another vault with --home.
error-foreign-vault = This recovery phrase is right, but the vault in this folder was not made with it: somebody put another vault in its place. It was not opened and nothing was changed. Leave the folder as it is, then restore a backup into another one: nyx --home DIR backup restore FILE
error-wrong-backup-key = This does not open the backup. Check the passphrase, or that the recovery phrase is the one of the account that made the backup.
error-other-backup-key = This backup opens with your recovery phrase and not with a passphrase. Run the command again without --passphrase-file.
error-bad-backup = This file is not a whole Nyx backup: it is something else, or it was changed or cut short. Nothing was changed here. Try another copy of it.
error-later-version = This was written by a later version of Nyx. Install the latest version and try again; nothing was changed.
error-password-empty = An empty password protects nothing. Choose one with at least a few words.
error-password-too-long = This password is longer than 1024 bytes. Choose a shorter one.
error-password-file = The password file { $file } cannot be read ({ $cause }). Check its name and that you may read it.
error-password-file-empty = The first line of { $file } is empty, but the password should be there. Write it into the first line.
error-passwords-differ = The two are not the same, so nothing was changed. Try again.
error-memory = There is not enough free memory to open the vault. Close other programs and try again.
keyring-absent = No keyring answers on this desktop.
keyring-locked = Your keyring stayed locked.
keyring-lost = Your keyring does not have the key to this vault.
keyring-foreign = Your keyring has another key, which does not open this vault.
keyring-slow = Your keyring did not answer in time.
keyring-refused = Your keyring refused.
keyring-turned-off = Your keyring could not take the key that goes with the new password, so it no longer opens the vault. You can turn that on again in the settings of the window.
keyring-entry-stays = Your keyring did not let go of its entry "Nyx". It opens nothing any more; you can delete it there.
error-name-empty = A name is needed. Give one with --name.
error-name-too-long = This name is longer than 64 bytes. Choose a shorter one.
error-name-characters = This name has characters that cannot be shown in one line. Choose one without them.
error-being-moved = Your account is moving to another device; until that is over it can only be read here. Go on with nyx send, or give the move up with nyx send --discard.
error-moved = This account lives on another device now ({ $to }); here it can only be read. Write on that device.
error-no-message = There is no such message; it may have been deleted.
error-no-conversation = There is no such conversation.
error-nobody-named = You know nobody by the name { $who }. Your notes are called notes.
error-empty-note = There is nothing to note. Give a text, - to read it from standard input, or a file with --attach.
error-not-text = What came on standard input is not text. Keep it as a file with --attach.
error-too-long = This is longer than a message may be (256 KiB of text, 100 files). Attach the text as a file, or split it.
error-disappeared = This message has disappeared; its key is gone for good.
error-file-missing = There is no { $file }. Check the name.
error-file-exists = There is a { $file } already, and it was not touched. Choose another name.
error-not-a-file = { $file } is not an ordinary file. Name a file.
error-file = The system refuses { $file } ({ $cause }). Check that you may use it and that the disk is well.
error-damaged = The vault is damaged. Nothing was removed or overwritten. Copy its folder to a safe place, then restore a backup into another one: nyx --home DIR backup restore FILE
error-damaged-place = The vault is damaged: { $what }. Nothing was removed or overwritten. Copy its folder to a safe place, then restore a backup into another one: nyx --home DIR backup restore FILE
error-found-damage = { $count ->
    [one] One place in the vault is damaged.
   *[other] { $count } places in the vault are damaged.
} Nothing was removed or overwritten. Copy its folder to a safe place, then restore a backup into another one: nyx --home DIR backup restore FILE
error-disk-full = The disk is full, so nothing was changed. Make room and try again.
error-disk = The disk refuses ({ $cause }). What was there before still is. Check the disk and try again.
error-output = The answer could not be written ({ $cause }). Check where the output goes.
error-internal = Nyx made a mistake ({ $cause }). What was there before still is. Please report it.
error-busy = Too much is being done at once. Wait until something is finished, and try again.
error-locked-there = Another Nyx is using this vault, and it is locked there. Unlock it in the window, or close the window, and try again.
error-interrupted = Interrupted. Nothing was left half done.
error-declined = Nothing was done.
error-no-home = This system names no folder for data. Choose one with --home.
error-no-window = The window of Nyx is not there yet; the terminal is. These commands work: init, recover, password, status, verify, note, messages, backup, erase, completions, man. Start with: nyx init
error-ask-password = A password is needed, and there is no terminal to ask at. Give it with --password-file FILE.
error-ask-phrase = The recovery phrase is needed. Give all its words in one line on standard input.
error-ask-confirm = This needs your yes, and there is no terminal to ask at. Say --yes if you are sure.
error-ask-name = A name is needed, and there is nobody to ask. Give it with --name.
error-ask-link = The other device's code is needed. Give it in one line on standard input, or with --link-file FILE, --image FILE or --camera.
error-unwell = Something does not work; what it is and what helps stands above.
error-ask-digits = The six digits of the new device are needed. Give them in one line on standard input.
error-digits = These are not six digits. Type them as the new device shows them.
error-needs-phrase = This account came from a backup and can't speak for itself yet. Give it its recovery phrase with nyx recover, and try again.
error-move-underway = A move was begun and is not over. Go on with it by the same command, or give it up with --discard.
error-no-move = No move was begun here that could be gone on with.
error-move-expired = The move waited for more than a day for the other device and was given up. Nothing was lost; begin again with a fresh code.
error-too-late = It is too late to stop: the account may be the new device's already. Run the same command again to finish.
error-no-room = The account does not fit on this disk, so nothing was sent: { $missing } more room is needed. Make room, or leave files out on the old device (nyx send --without-attachments), and begin again.
error-peer-no-room = The account does not fit on the new device, so nothing was sent. Make room there, or leave files out with --without-attachments, and begin again.
error-peer-version = The new device has an earlier version of Nyx that does not understand this account. Update Nyx there, and begin again.
error-peer-content = What arrived was not what was sent, so the move was ended and both devices are as they were. Check this vault with nyx verify, and begin again.
error-peer-disk = The disk of one of the devices refused, so the move was ended. Check the disks, and begin again.
error-peer-late = The other device waited for more than a day and gave up. Begin again with a fresh code.
error-peer-cancelled = The other device ended it. Begin again on both if you want to go on.
error-peer-unproven = The other device could not prove that it is the one you mean. Show a fresh code and try again.
error-peer-wrong-code = Another code was typed than the one that was shown. It is used up: show a fresh one and type it again.
error-peer-wrong-digits = The digits were wrong, so nothing was done. If you typed what the other device shows, somebody stands between the two. Show a fresh code on a network you trust.
error-peer-intruder = A second device used the same code, so it was ended. Show a fresh code where nobody else can see it.
error-peer-protocol = The other device said something that it must not say. Update Nyx on both, and try again.
error-no-network = No network that may be used. Connect this device to one, or choose another with --interface.
error-contradiction = These settings leave no way: what hides your address needs a relay, and none is on this network. Choose one of the two.
error-no-relay = Your address is to be hidden, so only a relay may be used, and none is known. Give a service that has one with --signal, or allow your address on this network with --lan-only.
error-not-a-service = That is not the address of a signalling service. It begins with ws:// or wss:// and has at most 65 characters.
error-service-needed = This needs a signalling service. Give its address with --signal, or use a code to scan instead.
error-no-service = The signalling service does not answer. Check its address and your connection, or do without one on the same network.
error-unknown-code = The service knows no such code: mistyped, used already, or older than two minutes. Show a fresh one.
error-no-way = The code leads to no place that may be reached from here. Give both devices the same network or the same --signal.
error-unreached = The other device could not be reached in time. Check that both are on the same network or reach the same service, or carry two codes with --by-hand.
error-expired = The other device did not come in time. Show a fresh code and use it within two minutes.
error-no-path = Both devices have met, but no connection between them came about. A firewall may be in the way; try the same network, or a service with a relay.
error-unfinished = The other device was reached, but too much was lost on the way for the two to prove themselves to each other. Move closer to the router or use another network, and begin again.
error-lost = The connection to the other device was lost. Check that it is still on, and begin again.
error-code = That is not a code of Nyx. Copy all of it, from nyx: to its end, or type the number and the four words.
error-code-word = Word { $place } of the code is in no code. Look at the other device again.
error-code-purpose = That code is for something else. Begin the same thing on both devices.
error-code-other = That code does not belong to this meeting. Use the one that the other device shows now.
error-code-not-wanted = No code is waited for.
error-phrase-count = A recovery phrase has 24 or 12 words, not { $given }. Check that none is missing or written twice.
error-phrase-word = Word { $place } is in no recovery phrase. Check it for typos.
error-phrase-word-near = Word { $place } is in no recovery phrase. Perhaps you meant: { $near }
error-phrase-checksum = Each word is a right one, but together they are no recovery phrase. Check for typos and for the order.

usage-unknown = There is no option { $argument } here. See what there is with --help.
usage-command = There is no command { $command }. See what there is with: nyx --help
usage-subcommand = What should be done with backups: create or restore? See: nyx backup --help
usage-missing = Something is missing: { $argument }. See how it goes with --help.
usage-no-value = { $argument } needs a value. See how it goes with --help.
usage-value = { $value } does not fit { $argument }. See how it goes with --help.
usage-value-of = { $value } does not fit { $argument }. It can be: { $valid }
usage-twice = { $argument } can be given only once.
usage-passphrase = With --to phrase there is no passphrase. Leave out --passphrase-file, or say --to passphrase.
usage-other = This command line cannot be understood. See how it goes with --help.

## Window: first start

welcome-create = Create account

## Window: times

day-today = Today
day-yesterday = Yesterday
day-monday = Monday
day-tuesday = Tuesday
day-wednesday = Wednesday
day-thursday = Thursday
day-friday = Friday
day-saturday = Saturday
day-sunday = Sunday
day-date = { $day } { $month }
day-date-year = { $day } { $month } { $year }
day-and-clock = { $day }, { $clock }
month-january = January
month-february = February
month-march = March
month-april = April
month-may = May
month-june = June
month-july = July
month-august = August
month-september = September
month-october = October
month-november = November
month-december = December

## Window: the ways in
strength = Strength of the password
strength-none = Four or five words that nobody would put together are strong and easy to remember.
strength-very-weak = Easy to guess: whoever gets hold of your disk will probably find it.
strength-weak = Not strong: it keeps a curious person out, but not somebody with time and computers.
strength-fair = Good: finding it takes very long.
strength-strong = Strong: nobody will find it by guessing.

window-back = Back
window-busy = Nyx is still busy with something else. Try again in a moment.
window-cancel = Cancel
window-caps-lock = Caps Lock seems to be on.
window-continue = Continue
window-hide = Hide
window-name = Name
window-new-password = New password
window-new-password-again = New password, once more
window-password = Password
window-passwords-differ = The two are not the same. Type them again.
window-show = Show
window-try-again = Try again

window-account-exists = There is an account on this device already, and nothing was changed. Open it with its password, or erase it in the settings first.
window-cancelled = Stopped. Nothing was left half done.
window-damaged = The vault is damaged: { $what }. Nothing was removed or overwritten. Copy its folder to a safe place before you do anything else; a backup brings your messages back.
window-folder-not-empty = The folder for the vault has other things in it, and nothing was changed. Start Nyx with an empty folder.
window-found-damage = { $count ->
    [one] One place in the vault is damaged.
   *[other] { $count } places in the vault are damaged.
} Nothing was removed or overwritten. Copy its folder to a safe place; a backup brings your messages back.
window-name-empty = A name is needed. You can choose any.
window-no-account = There is no account here any more. Create one, or come back with your recovery phrase or a backup.
window-other-backup-key = This backup opens in another way. Choose the file once more.
window-phrase-word = Word { $place } is in no recovery phrase. Perhaps you meant:
window-wrong-password = That is not the password of this vault. Try again, or set a new one with your recovery phrase.
window-wrong-phrase = This recovery phrase is a good one, but it belongs to another account. Look for the phrase of this account.

finding-vault = Looking for your vault…
finding-in-use = In use
finding-damaged = Damaged
finding-later-version = From a later version
finding-unusable = Not usable

welcome-lead = Your conversations, notes and files, encrypted on this device. No server holds them, and none can read them.
welcome-have-one = I have an account
welcome-recover = Recover with phrase
welcome-restore = Restore a backup

unlock-lead = Your vault is locked.
unlock-button = Unlock
unlock-running = Unlocking…
unlock-forgot = Forgot the password?
unlock-keyring-running = Your keyring is being asked. You can also type your password.
unlock-keyring-failed = { $why } Type your password.
unlock-keyring-lost = { $why } Type your password, then turn the keyring off and on again in the settings.

create-title = Create account
create-lead = No phone number, no e-mail address. The account is made on this device and belongs to you alone.
create-words = Words of the recovery phrase
create-words-24 = 24 words
create-words-12 = 12 words
create-phrase-title = Recovery phrase
create-phrase-lead = Write these words on paper, in this order, and keep it where only you can find it. With them you can set a new password and prove that the account is yours. Whoever has them and your disk can read everything. Nyx will not show them again.
create-phrase-show = Show the words
create-phrase-hide = Hide the words
create-phrase-copy = Copy
create-phrase-copied = Copied. In one minute Nyx takes it out of the clipboard again, if it is still there. Other programs can read the clipboard, so paper is safer.
create-phrase-written = I have written them down
create-phrase-void = The recovery phrase that you wrote down belongs to no account now. Throw it away.
create-leave-title = Leave this phrase?
create-leave-text = The words on this page then belong to no account. If you have written them down, throw them away: you will get other ones.
create-leave-do = Leave it
create-leave-stay = Stay here
create-asked-title = Three of your words
create-asked-lead = So that you can rely on your paper: type these words from it.
create-asked-word = Word { $place }
create-asked-wrong = Word { $place } is another one. Look at your paper, or go back to see the words once more.
create-button = Create account
create-running = Making your account. This takes a moment, so that guessing your password takes ages.
create-failed = There is no account yet

desktop-open = Open Nyx
desktop-lock = Lock
desktop-quit = Quit
desktop-unread = There are new messages.
desktop-new-message = New message
desktop-notes = Notes

link-title = A link to Nyx
link-check = This link is from another device that wants to try the connection to this one. The two will learn each other's network addresses, and nothing else. Go on only if you know who sent it.
link-locked = This link leads to another device. Open your vault first; then you are asked about it again.
link-no-account = This link leads to another device. There is no account on this one yet: create one or bring one here, then follow the link again.
link-unknown = This link introduces somebody. This version of Nyx cannot meet them yet. Nothing was done with it.
link-second = This is the second of two codes that are carried by hand. Copy it, and paste it where the first one is shown.
link-broken = This link is not whole, or it is not one of Nyx. Copy all of it, from nyx: to its end. Nothing was done with it.
link-go = Go on
link-leave = Leave it
link-close = Close

## Window: conversations

chats-title = Chats
chats-lock = Lock
chats-settings = Settings
chats-shortcuts = What keys do
chats-draft = Draft
chats-empty = Nothing here yet
chats-unread = { $count } not read
chat-notes = Notes
chat-notes-hint = Only you
chat-notes-empty-title = Your notes
chat-notes-empty = Write to yourself: thoughts, links, pictures, files. All of it stays on this device, encrypted, and needs no network.
chat-you = You
chat-message = { $from }, { $at }: { $text }
chat-messages = Messages: { $name }
chat-new-messages = New messages
chat-disappeared = This has disappeared
chat-attachment = Attachment
chat-edited = edited
chat-edited-earlier = Show earlier texts
chat-unfold = Show all of it
chat-unreadable = These messages could not be read.
copy-running = Copying: { $percent } %
copy-stop = Stop copying
copy-unreadable = Nothing was copied: some of the selected messages could not be read. Try again.
copy-too-much = Nothing was copied: more is selected than a clipboard takes (64 MiB). Select less.
chat-quote-go = Go to the quoted message
chat-link-opens = Opens { $target }
chat-open-link = Open { $target }
chat-picture = Picture { $name }
chat-open-file = Open { $name }
chat-save-file = Save { $name }
chat-react = React
chat-react-with = React with { $emoji }
chat-reaction = { $emoji } { $count }. Press to join.
chat-reaction-mine = { $emoji } { $count }, yours too. Press to take it back.
chat-reply = Reply
chat-more = More
chat-edit = Edit
chat-copy = Copy text
chat-delete = Delete
chat-back = Back to the chats
chat-about = About this chat
chat-search = Search in this chat
chat-timer = Disappearing messages
chat-timer-is = Messages disappear after { $time }
chat-down = To the newest message
chat-down-new = { $count ->
    [one] One new message: go to it
   *[other] { $count } new messages: go to them
}
chat-drop-here = Drop files here to attach them
chat-write = Write a message
chat-moved = This account lives on { $name } now. Here you can read, search and save what is in it; write there.
chat-being-moved = The account is being handed over. Until that is over nothing can be written here.
chat-send = Send
chat-save-edit = Save the change
chat-emoji = Emoji
chat-attach = Attach files
chat-attach-title = Choose files to attach
chat-replying = Replying to
chat-editing = Editing
chat-leave-task = Leave it
chat-remove-file = Remove { $name }
chat-dismiss = Dismiss
chat-cancel-sending = Cancel
chat-keeping-files = Keeping the files: { $progress }
chat-progress = Progress
chat-draft-unkept = Your draft is not kept yet; Nyx keeps trying. { $why }
chat-unsent = Not sent: { $text }
chat-unsent-again = Send again
chat-unsent-discard = Discard
chat-files-let-go = { $count ->
    [one] One file that waited here was let go when the vault was locked. Attach it again.
   *[other] { $count } files that waited here were let go when the vault was locked. Attach them again.
}
chat-file-refused = { $name } was not attached: it cannot be read, is no file, or is one too many (100 go with a message).
chat-too-long = This is longer than a message may be (256 KiB). Split it, or attach it as a file.
chat-pasted-picture = Pasted picture
chat-pasted-text = Pasted text
chat-save-title = Save the file as
chat-saved-as = Saved as { $file }
chat-writing-file = Writing the file…
errand-stop = Stop: { $what }
errand-stopped = What was under way was stopped when the vault was locked. Begin it again if you still want it.
delete-title = Delete this message?
delete-text = It is removed from this device with everything that belongs to it. This cannot be undone.
delete-do = Delete it
delete-keep = Keep it
earlier-title = Earlier texts
earlier-until = Until { $at }
open-title = Open this file?
open-text = { $name } may be a program. Opened in another program it can do everything that you can. Open it only if you trust where it came from.
open-do = Open it
dialog-close = Close
dialog-cancel = Cancel
viewer-close = Close the picture
viewer-next = Next
viewer-previous = Previous
timer-off = Off
timer-hour = 1 hour
timer-day = 1 day
timer-week = 1 week
timer-other = Another time…
timer-other-is = Another time: { $time }
timer-hint = New messages are removed so long after they were read. Those that are here already stay.
timer-count = How many
timer-minutes = minutes
timer-hours = hours
timer-days = days
timer-weeks = weeks
timer-set = Set
pane-title = About
pane-close = Close
pane-notes = A conversation with yourself
pane-account = Your account
pane-words = Four words by which others recognise your account
pane-kept = Kept on this device
pane-messages = { $count ->
    [one] One message
   *[other] { $count } messages
}
pane-files = { $count ->
    [one] One file, { $size }
   *[other] { $count } files, { $size }
}
pane-media = Pictures and files
gallery-none = There are none in this conversation yet.
gallery-picture = Picture { $name }, { $day }
gallery-file = { $name }, { $about }. Show it in the conversation
gallery-jump = Show it in the conversation
search-field = Search messages
search-close = Close the search
search-within = Only in { $name }.
search-everywhere = Search everywhere
search-hint = All words must occur, or parts of them. Names of files are searched too.
search-none = No message has all of these words. Try fewer of them, or only a part of one.
search-running = Searching…
emoji-search = Search emoji
emoji-none = No emoji is called so. Try another word.
shortcuts-title = What keys do
shortcut-send = Send
shortcut-line = New line
shortcut-edit-newest = Edit your newest message (empty field)
shortcut-leave = Leave a reply, an edit, a search
shortcut-page = Scroll by a page
shortcut-search-here = Search in this chat
shortcut-search = Search everywhere
shortcut-next = To the next part of the window
shortcut-move = From message to message
shortcut-ends = To the first, to the newest message
shortcut-menu = What can be done with a message
shortcut-reply = Reply to it
shortcut-edit = Edit it
shortcut-react = React to it
shortcut-view = Look at its picture
shortcut-delete = Delete it
shortcut-select = Select messages
shortcut-select-all = Select all messages
shortcut-copy = Copy what is selected, or the message
shortcut-lock = Lock
shortcut-help = This overview
duration-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}

window-backup-file = Backup file
window-choose-file = Choose…
window-passphrase = Passphrase
window-passphrase-again = Passphrase, once more
window-phrase = Recovery phrase
window-phrase-count = { $count ->
    [one] 1 word so far
   *[other] { $count } words so far
}
window-needs-phrase = A backup cannot speak for your account. To do that from this device, recover with your phrase in the settings. You can read and write notes right away.

window-recover-title = New password
window-recover-empty = There is no vault here. Your recovery phrase alone brings back who you are: contacts will know that it is you. It does not bring back messages and files; those need a backup or your old device.
window-recover-button = Recover
window-recover-running = Recovering. This takes a moment.
window-recover-done = Welcome back

window-restore-lead = Everything from the backup comes onto this device: messages, files, contacts and settings.
window-restore-phrase = This backup opens with the recovery phrase of the account that made it. Then choose a password for this device.
window-restore-passphrase = This backup opens with the passphrase that it was made with. Then choose a password for this device.
window-restore-button = Restore
window-restore-running = Restoring. Nothing is visible here until everything is complete.

## Window: settings

settings-title = Settings
settings-lock = Lock now
settings-lock-keys = Ctrl+L, from anywhere
settings-account = Account
settings-account-name = Name
settings-account-words = In words
settings-account-words-why = These words name your account. They are no secret: compare them with somebody to be sure that it is you.
settings-account-state = State
settings-account-messages = Messages
settings-account-files = Files
settings-account-files-size = { $count } ({ $size })
settings-account-needs-phrase = readable; to speak for the account from this device, recover with your phrase
settings-password = Password
settings-password-lead = The password opens the vault on this device. If you forget it, your recovery phrase sets a new one.
settings-password-present = Present password
settings-password-button = Change password
settings-password-running = Changing the password. This takes a moment.
settings-backup = Backup
settings-backup-lead = Everything goes into one encrypted file. Keep it somewhere else than this device.
settings-backup-by = What opens it
settings-backup-by-phrase = Recovery phrase
settings-backup-by-passphrase = A passphrase
settings-backup-button = Make a backup
settings-backup-running = Writing the backup
settings-privacy = Lock and privacy
settings-read-only = These settings go with the account, so here they cannot be changed any more.
settings-read-only-moving = These settings are on their way with the account, so for the moment they cannot be changed here.
settings-lock-after = Lock by itself
settings-lock-after-lead = After this long without a touch, the keys are wiped from memory and the password is asked for.
settings-lock-minutes = { $count } min
settings-lock-never = Never
settings-lock-never-why = Whoever sits down at this device while Nyx is open can read everything.
settings-keyring = Open with the keyring
settings-keyring-lead = When Nyx starts, the keyring of your desktop can open the vault, and you need not type the password. Once the vault was locked, by you or by itself, only the password opens it until Nyx is started again.
settings-keyring-cost = Every program that you run, and whoever sits down at this computer while you are logged in, can then open the vault without your password. Leave it off if others use your session.
settings-keyring-use = Turn on
settings-keyring-leave = Turn off
settings-keyring-running = Your keyring is being asked…
settings-keyring-is-on = Your keyring opens the vault when Nyx starts.
settings-keyring-failed = { $why } Nothing was changed.
settings-autostart = Start on login
settings-autostart-lead = Nyx then opens by itself when you log in, locked.
settings-autostart-lead-keyring = Nyx then opens by itself when you log in, and your keyring opens the vault.
settings-autostart-on = On
settings-autostart-off = Off
settings-notify = Notifications
settings-notify-lead = What a notification shows. Other people look at a screen too.
settings-notify-nothing = None
settings-notify-arrival = That something came
settings-notify-sender = From whom
settings-notify-text = From whom, and the text
settings-hide = Hide my address
settings-hide-lead = Devices that meet this one learn its network address, and through it roughly where it is. Hidden, everything goes through the relay of a signalling service; without one, devices can meet only if you choose “This network only” there.
settings-hide-off = Do not hide
settings-hide-on = Hide
settings-look = Look and language
settings-language = Language
settings-colours = Colours
settings-dark = Dark
settings-light = Light
settings-contrast = High contrast
settings-scale = Size
settings-check = Check the vault
settings-check-lead = Reads every byte of the vault and tells what is damaged. Nothing is changed.
settings-check-button = Check now
settings-check-running = Checking
settings-check-done = Everything is as it was written.
settings-check-hash = Fingerprint of the content; equal on two devices exactly when they hold the same
settings-erase = Erase
settings-erase-lead = This erases your vault from this device: every message, every file, and your account unless you have its recovery phrase or a backup. It cannot be undone.
settings-erase-word = erase
settings-erase-type = Type { $word } to go on
settings-erase-button = Erase everything
settings-erase-running = Erasing…
settings-about = About

about-version = Nyx { $version }
about-protections = What protects what
about-vault = Messages, contacts, settings
about-vault-how = In a database that is encrypted as a whole (SQLCipher, AES-256). Without its key not even the number of messages can be read.
about-password = Your password
about-password-how = Never stored. Argon2id makes each guess take as much memory and time as this device bears.
about-files = Files
about-files-how = Each has a key of its own and lies in authenticated chunks (AES-256-GCM); a changed byte is noticed.
about-identity = Who you are
about-identity-how = An Ed25519 key made from your recovery phrase names the account. This device works with a key that it appointed; that one lies in the vault.
about-backup = Backups
about-backup-how = A file in the open age format, which other programs can decrypt too, to your phrase or to a passphrase.
about-memory = Memory
about-memory-how = Keys exist only while the vault is open, and no core file is written. What is freed is overwritten, by Nyx and by its database. What the screen, an input method or the clipboard saw is out of reach.
about-licences = Licences
about-licence = Nyx is free software under the MIT or the Apache 2.0 licence, as you choose.
about-fonts = Fonts that come with it: Inter, JetBrains Mono and Noto (SIL Open Font Licence), DejaVu (Bitstream Vera licence), Droid Sans Fallback (Apache 2.0), Lucide icons (ISC).

code-name = Code for the camera of the other device
code-left = Good for { $left }
code-copy = Copy as a link
code-expired = This code has expired, so that nobody can use it later. Show a new one.
code-renew = Show a new code

scan-camera = Camera
scan-file = From a picture
scan-typed = Type or paste
scan-which = Camera
scan-preview = What the camera sees
scan-hold = Hold the code of the other device into the picture, so that all of it can be seen.
scan-starting = Starting the camera
scan-file-lead = A photo or a screenshot of the code: PNG, JPEG, GIF or WebP. Choose it, drop it on this window, or paste it.
scan-file-choose = Choose a picture…
scan-typed-lead = The link that the other device shows, or the code that it tells you to type.
scan-typed-name = Link or code
scan-typed-take = Go on
scan-foreign = This is not a code of Nyx. Take the one that the other device shows now, all of it.
scan-nothing = There is no code in this picture that can be read. Take it once more, nearer and without reflections.
scan-no-camera = No camera was found. Plug one in, or choose another way above.
scan-busy = Another program is using the camera. Close it there; Nyx goes on by itself.
scan-denied = This system does not let Nyx use the camera. Allow it in the settings of the system, or choose another way above.
scan-silent = The camera sends no picture. Unplug it and plug it in again, or choose another way above.
scan-gone = The camera is gone. Plug it in again; Nyx goes on by itself.
scan-unusable = This camera can't be used. Choose another one, or another way above.
scan-file-unreadable = The file can't be read. Choose another one.
scan-file-no-picture = The file is not a picture that can be read. Choose a PNG, JPEG, GIF or WebP.
scan-file-too-large = The picture is too large. Cut out the code, or take a smaller photo.

meeting-show = Scan or paste this code on the other device within two minutes:
meeting-show-typed = Type this code on the other device within two minutes:
meeting-show-first = Carry this code to the other device, and the one it shows then back here, within ten minutes:
meeting-show-second = Carry this code back to the first device:
meeting-show-address = If the devices do not find each other, start the other one with --address { $address }
meeting-peer = Connected with { $name } ({ $path }).
meeting-calls = The code leads to the meeting place { $host }.
meeting-stranger = Somebody else tried this code and was turned away. If that was not you, cancel and make a new code.
meeting-stalled = The other device does not answer. Looking for a new way …
meeting-resumed = The other device answers again.
move-preparing = Preparing …
move-size = { $messages ->
    [one] One message
   *[other] { $messages } messages
} and { $attachments ->
    [one] one file
   *[other] { $attachments } files
} would go along: about { $size }.
move-met-device = Connected with { $name } ({ $path }). { $size } would go there.
move-met-account = Connected ({ $path }). The account is { $name }, with the words { $words }; { $size } would come.
move-digits = Type these digits on the old device: { $digits }
move-password-again = Your password once more, before the account leaves this device:
move-consenting = The digits are right. Waiting until the old device agrees …
move-finding = Looking for the other device …
move-sending = Sending. You can go on writing meanwhile; it goes along.
move-receiving = Receiving.
move-finishing = Almost there: putting together what came last …
move-waiting = Handing the account over. From here on it can't be cancelled; if it is interrupted, run the same command again.
move-activating = Putting the account in its place …
move-verified = Everything has arrived and is right.
move-stalled-link = There is no connection. Looking for the other device … Nyx has to be running there too, on the same network or with the internet.
move-stalled-handing-over = The other device does not answer. Open Nyx on it, or run the same command there again: the rest goes by itself.
move-receipt-unheard = The old device has not answered yet and may still be waiting. Open Nyx there, and nyx receive here once more while it is open. Your account is here and complete in any case.
move-stalled-silence = The other device has said nothing for ten seconds. Looking for a new way …
move-stalled-their-disk = The disk of the other device has not answered for ten seconds.
move-stalled-own-disk = The disk of this device has not answered for ten seconds.
move-resumed = It goes on.
move-sent = Your account has moved to { $name }. Here it can only be read now. When you have seen that everything is there, nyx erase removes it from this device.
move-received = Your account is here. Open it with the password that you chose on this device.
move-done = The account has moved.
move-discarded = The move was given up.
move-go-on-password = An account was on its way into this device. Type the password that you chose for it here, and it goes on:
move-discard-password = What came of an account is removed. Type the password that you chose for it here:
path-lan = this network
path-direct = direct
path-relay = through a relay
check-digits = Compare: the other device must show { $digits } too. If it shows something else, somebody stands between you.
check-figures = Round trip { $millis } ms, there { $there }/s, back { $back }/s ({ $path }).

doctor-network = Network: { $interface } with { $address }.
doctor-no-network = Network: none that may be used. Connect this device to one, or choose another with --interface.
doctor-discovery = Finding devices on { $interface }: works.
doctor-no-discovery = Finding devices on { $interface }: what is sent to all devices does not come back. A firewall may block multicast (UDP 5353); allow it, or use a code with an address in it.
doctor-service = Signalling service: answers after { $millis } ms.
doctor-no-service = Signalling service: does not answer. Check its address and your connection.
doctor-camera = Camera: works.
doctor-camera-none = Camera: none was found. Show codes on this device and read them on the other one, or plug a camera in.
doctor-camera-busy = Camera: another program is using it. Close it there.
doctor-camera-denied = Camera: this system does not let Nyx use it. Allow it in the settings of the system; on Linux your user must be in the group video.
doctor-camera-silent = Camera: it sends no picture. Unplug it and plug it in again.
doctor-camera-unusable = Camera: it can't be used. Try another one.
doctor-keyring = Keyring: works. It can open the vault when the window starts, if you turn that on.
doctor-no-keyring = Keyring: { $why } Your password opens the vault in any case.
camera-looking = Looking through { $name }. Hold the code of the other device before it, so that all of it can be seen.
camera-none = No camera was found. Plug one in, or read the code with --image FILE or --link-file FILE.
camera-busy = Another program is using the camera. Close it there and try again, or read the code with --image FILE.
camera-denied = This system does not let Nyx use the camera. Allow it; on Linux your user must be in the group video. Or read the code with --image FILE.
camera-silent = The camera sends no picture. Unplug it and plug it in again, or read the code with --image FILE.
camera-unusable = This camera can't be used. Name another one with --camera=NAME, or read the code with --image FILE.
camera-unknown = There is no camera called { $name }. There is: { $there }.

## Window: meeting another device

settings-connection = Connection
connection-here = This device
connection-here-lead = Looks at the networks of this device, at whether other devices can be found on them, and at the camera.
connection-look = Look around
connection-looking = Looking around
connection-service = Signalling service
connection-service-lead = It introduces two devices that share a code, wherever they are, and can read nothing of what they say. On one network none is needed.
connection-service-address = Address (wss://…), empty for none
connection-service-keep = Keep this address
connection-service-asking = Asking whether it answers
connection-service-none = No service is used any more.
connection-peer = Another device
connection-peer-lead = Tries the connection between this device and another one, and measures it. Open the same page there: one shows a code, the other reads it.
connection-compare = Compare: the other device must show these digits too. If it shows others, somebody stands between you.
connection-measuring = Measuring
connection-done = The connection works.
connection-again = Once more

meet-show = Show a code
meet-read = Read a code
meet-form = How the other device takes it
meet-form-ticket = Scan or paste
meet-form-typed = Type
meet-form-by-hand = Two codes by hand
meet-form-ticket-lead = A code for its camera, which is a link as well. Good for two minutes.
meet-form-typed-lead = A number and four words. Both devices need the same signalling service.
meet-form-by-hand-lead = For networks on which nothing else works: you carry this code there, and the one it answers with back here. Ten minutes.
meet-show-code = Show the code
meet-ways = Networks and service
meet-reach = What may be used
meet-reach-any = Any network
meet-reach-lan = This network only
meet-reach-relay = A relay only
meet-hidden = Your address is hidden, so a relay is used and nothing else.
meet-service = Signalling service (wss://…)
meet-service-kept = The signalling service { $service } is used. Another one for all meetings is set in the settings, under Connection.
meet-service-other = Another service, only this time (wss://…)
meet-address = Address that the other device shows below its code, if the two do not find each other
meet-address-none = That is not an address. Type it as the other device shows it: numbers, a colon, and a number.
meet-shown-address = If the devices do not find each other, open “Networks and service” on the other one, and type this address there: { $address }
meet-service-optional = Signalling service, if you use one (wss://…)
meet-preparing = Making a code
meet-looking = Looking for the other device
meet-waiting = Waiting for the other device
meet-lead-ticket = Hold the camera of the other device here, or copy the link and open it there.
meet-lead-typed = Type this on the other device:
meet-lead-first = Take this code to the other device: scan it there, or copy it as a link.
meet-lead-second = Take this code back to the first device: scan it there, or copy it as a link.
meet-second = The code that the other device answers with
meet-second-given = The code is here. Looking for the other device
meet-digits = Digits { $digits }

code-copy-words = Copy

window-no-network = No network that may be used. Connect this device to one.
window-no-relay = Your address is to be hidden, so only a relay may be used, and none is known. Name a signalling service that has one, or choose “This network only”.
window-service-needed = This needs a signalling service. Name the one that both devices use, or choose another way to carry the code.
window-no-way = The code leads to no place that may be reached from here. Connect both devices to the same network, or name the same signalling service on both.
window-unreached = The other device could not be reached in time. Check that both are on the same network or use the same signalling service, or carry two codes by hand.

## Window: moving an account

settings-transfer = Transfer to new device
welcome-receive = Transfer from old device
transfer-lead = Everything you have here goes to another device, directly and encrypted. Afterwards the account lives there, and here it can only be read until you erase it.
transfer-what = What goes along
transfer-since = Messages
transfer-since-ever = All of them
transfer-since-months = Of the last { $count } months
transfer-files = Files and pictures
transfer-files-with = With them
transfer-files-without = Without them
transfer-size = { $messages ->
    [one] { $messages } message
   *[other] { $messages } messages
} and { $attachments ->
    [one] { $attachments } file
   *[other] { $attachments } files
}: { $size }.
transfer-weighing = Adding up
transfer-part = What does not go along stays on this device, and goes when you erase it.
transfer-meet = The new device
transfer-meet-lead = Choose “Transfer from old device” there. One of the two shows a code, the other reads it.
transfer-asked-there = As soon as both have found each other, the new device asks whether this is your account. Answer there, and it goes on here.
transfer-digits = Type the digits
transfer-digits-lead = { $name } shows six digits now. Type them here: they prove that nobody stands between the two devices. There is one try.
transfer-digits-name = Six digits
transfer-digits-six = These are not six digits. Type what the new device shows.
transfer-password = Your password
transfer-password-lead = Everything is about to leave this device, so your password is asked for once more.
transfer-consent = Is this the new device?
transfer-consent-lead = Everything goes to it once you say yes. If you say no, nothing is sent and the account stays here.
transfer-consent-yes = Yes, transfer everything
transfer-consent-no = No, send nothing
transfer-go-away = You can go on reading and writing meanwhile; what you write comes along.
transfer-stop-lead = Nothing is lost: the account stays on this device, as it was. The new device forgets what has come.
transfer-moved = The account has moved to { $name }.
transfer-moved-lead = Everything is still here and can be read, and nothing can be written. Once you have seen that all of it is on the new device, erase this one.
transfer-moved-erase = Erase this device…

receive-lead = Your account comes here from the device on which it is now, directly. First choose a password for this device; it may be another one than there.
receive-meet-lead = On the old device, open Settings and “Transfer to new device”. One of the two shows a code, the other reads it.
receive-account = Is this your account?
receive-account-lead = Compare the name and the four words with the old device: Settings, Account. If they differ, say no: nothing has come here yet.
receive-account-yes = Yes, it is mine
receive-account-no = No, take nothing
receive-digits = Type these digits on the old device
receive-digits-lead = They prove that nobody stands between the two devices. Tell them to nobody else.
receive-known-lead = Type the password that you chose for this device when the move began.
receive-stop-lead = Nothing is lost: the account stays on the old device, as it was. What has come here is removed.

arrived-title = Everything is here
arrived-account = The account { $name } is on this device now, and everything that came was checked.
arrived-time = It took { $time }.
arrived-telling = The old device is being told
arrived-old = On the old device everything can still be read, and nothing can be written. Erase it there once you have looked around here.
arrived-unheard = The old device has not answered yet and may still be waiting. Nothing is missing here; open Nyx there, and it hears of it by itself.
arrived-open = Open the chats

moving-beginning = Beginning
moving-preparing = Getting everything ready
moving-consenting = The digits are right. Go on at the old device: it asks for its password, and whether this is the new one
moving-finding = Looking for the other device
moving-finding-lead = It goes on by itself as soon as both see each other again. If Nyx was closed on the other device, open it there and choose “Go on with the transfer”. If that is not offered there, stop here, and begin again on both.
moving-sending = Sending your account
moving-receiving = Receiving your account
moving-finishing = Finishing: what was written last goes along, and all of it is checked
moving-waiting = Handing over
moving-activating = Putting everything in its place
moving-bar = How far it is
moving-met-name = Name
moving-met-words = In words
moving-met-way = { $size }, { $path }.
moving-met-far = The other device is not on this network. Go on only if you expect that.
moving-path = Connection: { $path }.
moving-stalled-link = The connection is gone. Looking for a new way…
moving-stalled-silence = The other device does not answer. Is it on, and awake? It goes on by itself as soon as it answers.
moving-stalled-handing-over = The other device does not answer. Open Nyx there: what is left goes by itself.
moving-stalled-their-disk = The other device waits for its disk. Perhaps it is full there.
moving-stalled-own-disk = This device waits for its disk. Perhaps it is full; make room, and it goes on by itself.
moving-too-late = The account is being handed over now; stopping here would help nobody. It takes a moment.
moving-stop = Stop the transfer?
moving-stop-yes = Stop it
moving-stop-no = Go on
moving-unfinished = A transfer with { $name } is not finished. Nothing that has arrived is sent again.
moving-unfinished-unnamed = A transfer to this device is not finished. Nothing that has arrived is sent again.
moving-go-on = Go on with the transfer
moving-give-up = Give it up
moving-giving-up = Giving it up
moving-give-up-yes = Give it up for good
moving-give-up-title = Give the transfer up?
moving-give-up-lead = The account stays on the old device, as it was. What has come to the new one is removed.
banner-moved = This account has moved to { $name }. Here it can only be read.
banner-show = Show

link-send = This link is from a device that wants to receive your account. Go on only if that is your own new device: everything you have goes there in the end. Before that, digits and your password are asked for.
link-receive = This link is from a device that wants to send its account here. Go on only if that is your own old device.
link-account-here = This link would bring an account here, and there is one already. Erase it first, or use another device.
link-no-account-to-send = This link asks for an account, and there is none on this device.

window-needs-phrase-first = This account came from a backup and can't speak for itself yet. Give it its recovery phrase under Account, and try again.
window-move-underway = A transfer was begun and is not over. Go on with it, or give it up.
window-no-move = There is no transfer here that could be gone on with.
window-being-moved = Your account is on its way to another device; until that is over it can only be read here.
window-too-late = It is too late to stop: the account may be on the new device already. Go on with the transfer to finish it.
window-no-room = The account does not fit on this disk, so nothing was sent: { $missing } more room is needed. Make room, or leave the files out on the old device, and begin again.
window-peer-no-room = The account does not fit on the new device, so nothing was sent. Make room there, or leave the files out, and begin again.
window-peer-content = What arrived was not what was sent, so the transfer was ended and both devices are as they were. Check this vault in the settings, and begin again.
