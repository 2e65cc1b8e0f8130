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
error-in-use = Another Nyx is using this vault. Close it, or wait until it is done, and try again.
error-locked = The vault is locked. Unlock it and try again.
error-wrong-password = That is not the password of this vault. Try again; if you have forgotten it, set a new one with your recovery phrase: nyx recover
error-wrong-phrase = This recovery phrase is a good one, but it belongs to another account. Look for the phrase of this account, or name another vault with --home.
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
error-keyring = This vault also needs the secret from your system's keyring, and it is not there. Set a new password with your recovery phrase: nyx recover
error-name-empty = A name is needed. Give one with --name.
error-name-too-long = This name is longer than 64 bytes. Choose a shorter one.
error-name-characters = This name has characters that cannot be shown in one line. Choose one without them.
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
error-interrupted = Interrupted. Nothing was left half done.
error-declined = Nothing was done.
error-no-home = This system names no folder for data. Choose one with --home.
error-no-window = The window of Nyx is not there yet; the terminal is. These commands work: init, recover, password, status, verify, note, messages, backup, erase, completions, man. Start with: nyx init
error-ask-password = A password is needed, and there is no terminal to ask at. Give it with --password-file FILE.
error-ask-phrase = The recovery phrase is needed. Give all its words in one line on standard input.
error-ask-confirm = This needs your yes, and there is no terminal to ask at. Say --yes if you are sure.
error-ask-name = A name is needed, and there is nobody to ask. Give it with --name.
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
