# Yang dibaca orang, dalam bahasa Indonesia. Setiap pesan mengatakan apa yang terjadi dan apa langkah berikutnya.
# Nama dan variabel yang sama ada di en.ftl; sebuah tes membandingkan keduanya.

## Bantuan

help = Nyx menyimpan catatan dan berkas Anda terenkripsi di perangkat ini. Tanpa server, tanpa akun di tempat lain.
help-usage = Cara pakai:
help-usage-options = [OPSI]
help-usage-command = PERINTAH
help-commands = Perintah
help-arguments = Argumen
help-options = Opsi
help-home = Tempat brankas Anda [bawaan: folder data Anda; juga NYX_HOME]
help-json = Menjawab untuk program: satu objek JSON per baris
help-password-file = Ambil kata sandi dari baris pertama berkas ini; - berarti masukan standar [juga NYX_PASSWORD_FILE]
help-language = Bahasa jawaban: en atau id [bawaan: bahasa sistem Anda]
help-help = Tampilkan bantuan ini
help-version = Tampilkan versi
help-init = Buat akun
help-init-name = Nama panggilan Anda
help-init-words = Jumlah kata frasa pemulihan: 24 atau 12 [bawaan: 24]
help-init-phrase-out = Tulis frasa pemulihan ke berkas baru ini, jangan ditampilkan
help-recover = Kembali dengan frasa pemulihan: pasang kata sandi baru, atau mulai lagi di perangkat baru
help-recover-name = Nama panggilan Anda, jika di sini tidak ada brankas yang mengetahuinya
help-password = Ganti kata sandi
help-password-new-password-file = Ambil kata sandi baru dari baris pertama berkas ini; - berarti masukan standar
help-status = Tampilkan akun Anda dan seberapa banyak isinya
help-verify = Periksa setiap bita brankas
help-note = Tulis ke Catatan, percakapan dengan diri sendiri
help-note-text = Teksnya; - berarti dibaca dari masukan standar
help-note-attach = Simpan berkas ini bersama catatan; boleh diberikan lebih dari sekali
help-messages = Baca pesan
help-messages-who = Milik siapa; tanpa nama, catatan Anda
help-messages-search = Hanya pesan yang memuat semua kata ini, di teksnya atau di nama berkasnya
help-messages-limit = Paling banyak sekian pesan terbaru [bawaan: 50]
help-messages-save = Tulis berkasnya ke folder ini; tidak ada yang ditimpa
help-backup = Simpan semuanya ke satu berkas terenkripsi, atau ambil kembali darinya
help-backup-create = Buat cadangan
help-backup-create-file = Berkas barunya
help-backup-create-to = Yang membuka cadangan: phrase (frasa pemulihan) atau passphrase (frasa sandi) [bawaan: phrase]
help-backup-create-passphrase-file = Ambil frasa sandi dari baris pertama berkas ini; - berarti masukan standar
help-backup-restore = Buat brankas dari cadangan, di tempat yang belum ada brankasnya
help-backup-restore-file = Berkas cadangan
help-backup-restore-passphrase-file = Ambil frasa sandi dari baris pertama berkas ini; - berarti masukan standar
help-erase = Hapus brankas dari perangkat ini untuk selamanya
help-erase-yes = Jangan bertanya dulu
help-completions = Cetak pelengkapan perintah untuk shell
help-completions-shell = bash, elvish, fish, powershell, atau zsh
help-man = Cetak halaman manual

## Pertanyaan

ask-password = Kata sandi:
ask-new-password = Kata sandi baru:
ask-again = Sekali lagi:
ask-passphrase = Frasa sandi cadangan:
ask-new-passphrase = Frasa sandi untuk cadangan:
ask-phrase = Frasa pemulihan, semua kata dipisahkan spasi (tidak terlihat saat diketik):
ask-name = Ingin dipanggil siapa?
ask-erase = Ini menghapus brankas dari perangkat ini: semua pesan, semua berkas, dan akun Anda, kecuali Anda punya frasa pemulihan atau cadangannya. Ketik ya untuk menghapus:
answer-yes = ya

## Catatan kecil

remark-password-very-weak = Kata sandi ini mudah ditebak. Siapa pun yang mendapatkan diska Anda kemungkinan besar akan menemukannya. Empat atau lima kata yang tak terpikir digabungkan orang jauh lebih kuat; ganti dengan: nyx password
remark-password-weak = Kata sandi ini tidak kuat. Cukup untuk menahan orang yang sekadar ingin tahu, tetapi tidak untuk yang punya waktu dan komputer. Yang lebih panjang lebih baik; ganti dengan: nyx password
remark-passphrase-weak = Frasa sandi ini tidak kuat, dan siapa pun yang menemukan berkasnya bisa menebak selama apa pun. Lebih baik buat cadangan lagi dengan empat atau lima kata yang tak terpikir digabungkan orang.
remark-phrase-void = Frasa pemulihan di atas sekarang bukan milik akun mana pun. Buang saja.

## Membuat akun

phrase-shown = Ini frasa pemulihan Anda. Tulis di kertas dengan urutan ini, dan simpan di tempat yang hanya Anda ketahui. Dengan frasa ini Anda bisa memasang kata sandi baru dan membuktikan bahwa akun ini milik Anda. Siapa pun yang memegang frasa ini dan diska Anda bisa membaca semuanya. Nyx tidak akan menampilkannya lagi.
phrase-in-file = Frasa pemulihan Anda ada di { $file }. Tulis di kertas, lalu hapus berkas itu: siapa pun yang memegang frasa ini dan diska Anda bisa membaca semuanya.
init-done = Akun Anda siap, { $name }. Tulis catatan pertama dengan: nyx note "Halo"

## Kembali

recover-here = Di sini ada brankas. Dengan frasa pemulihan Anda memasang kata sandi baru; semua isi brankas tetap ada.
recover-empty = Di sini tidak ada brankas. Frasa pemulihan saja mengembalikan jati diri Anda: kontak akan tahu bahwa ini Anda. Pesan dan berkas tidak ikut kembali; untuk itu perlu cadangan (nyx backup restore) atau perangkat lama Anda.
recover-name = Akun yang dipulihkan
recover-here-done = Kata sandi baru sudah terpasang, dan semuanya masih ada.
recover-empty-done = Anda sudah kembali: akun yang sama, kunci baru di perangkat ini. Pesan dan berkas Anda tidak ada di sini; semuanya ada di cadangan dan perangkat lama Anda. Kontak akan melihat bahwa Anda memulihkan akun.

## Akun

password-done = Kata sandi sudah diganti. Yang lama tidak lagi membuka brankas.
status-name = Nama: { $name }
status-aid = Akun: { $aid }
status-words = Dalam kata: { $words }
status-state = Keadaan: { $state }
status-messages = Pesan: { $count }
status-attachments = Berkas: { $count } ({ $size })
state-active = aktif
state-needs-phrase = bisa dibaca; agar perangkat ini bisa mewakili akun, jalankan nyx recover dengan frasa pemulihan Anda
state-frozen = sedang dipindahkan ke perangkat lain
state-moved = sudah pindah ke { $to }; di sini hanya bisa dibaca
erase-done = Brankas sudah dihapus dari perangkat ini. Salinan yang mungkin masih ada di diska atau cadangannya tidak bisa dibuka tanpa kata sandi atau frasa Anda.
erase-leftovers-done = Di sini tidak ada brankas, hanya sisa dari pembuatan atau pemulihan yang terputus. Sisa itu sudah dihapus dari perangkat ini.

## Catatan

note-done = Tercatat.
messages-none = Di sini belum ada apa-apa. Tulis sesuatu dengan: nyx note "Halo"
messages-none-found = Tidak ada pesan yang memuat semua kata ini. Coba lebih sedikit kata, atau sebagian kata saja.
message-head = { $at }  { $from }
message-me = saya
message-edited = (disunting)
message-disappeared = (sudah lenyap)
message-attachment = [{ $name }, { $size }]
message-saved = disimpan sebagai { $file }

## Cadangan dan pemeriksaan

backup-done-phrase = Cadangan ada di { $file } ({ $size }). Frasa pemulihan Anda membukanya. Simpan di tempat lain, bukan di perangkat ini.
backup-done-passphrase = Cadangan ada di { $file } ({ $size }). Hanya frasa sandinya yang membukanya. Simpan di tempat lain, bukan di perangkat ini.
restore-done = Semua isi cadangan sudah ada di sini. Pesan: { $messages }, berkas: { $attachments }.
restore-needs-phrase = Cadangan tidak bisa mewakili akun Anda. Agar perangkat ini bisa, jalankan nyx recover dengan frasa pemulihan Anda. Membaca dan menulis catatan sudah bisa sekarang.
verify-done = Semuanya persis seperti saat ditulis. Sidik isi: { $hash }
verify-damaged = Rusak: { $what }
progress = { $done }
progress-of = { $done } dari { $total } ({ $percent } %)
progress-left = { $done } dari { $total } ({ $percent } %), { $rate } per detik, sisa { $left }
duration-seconds = { $count } detik
duration-minutes = { $count } menit
duration-hours = { $count } jam

damage-header = kepala brankas, tempat kunci yang terkunci
damage-page = halaman { $page } basis data
damage-database = basis data ({ $cause })
damage-search = indeks pencarian
damage-row = baris { $row } tabel { $table }
damage-blob-missing = satu berkas lampiran hilang ({ $name })
damage-blob-changed = satu berkas lampiran berubah ({ $name })
damage-bucket = kunci pesan yang akan lenyap ({ $name })

## Yang gagal

error-no-account = Di sini belum ada akun. Buat dengan nyx init, kembali dengan nyx recover, atau sebutkan tempat lain dengan --home.
error-account-exists = Di sini sudah ada akun, dan tidak ada yang diubah. Pakai tempat lain dengan --home, atau hapus dulu yang ini dengan nyx erase.
error-folder-not-empty = Folder untuk brankas berisi hal lain, dan tidak ada yang diubah. Pilih folder kosong atau baru dengan --home.
error-in-use = Nyx lain sedang memakai brankas ini. Tutup dulu, atau tunggu sampai selesai, lalu coba lagi.
error-locked = Brankas terkunci. Buka kuncinya, lalu coba lagi.
error-wrong-password = Itu bukan kata sandi brankas ini. Coba lagi; kalau lupa, pasang yang baru dengan frasa pemulihan: nyx recover
error-wrong-phrase = Frasa pemulihan ini benar, tetapi milik akun lain. Cari frasa akun ini, atau sebutkan brankas lain dengan --home.
error-wrong-backup-key = Ini tidak membuka cadangan. Periksa frasa sandinya, atau apakah frasa pemulihan itu milik akun yang membuat cadangan.
error-other-backup-key = Cadangan ini dibuka dengan frasa pemulihan, bukan dengan frasa sandi. Jalankan lagi tanpa --passphrase-file.
error-bad-backup = Berkas ini bukan cadangan Nyx yang utuh: isinya hal lain, atau sudah berubah atau terpotong. Tidak ada yang diubah di sini. Coba salinan lain.
error-later-version = Ini ditulis oleh versi Nyx yang lebih baru. Pasang versi terbaru, lalu coba lagi; tidak ada yang diubah.
error-password-empty = Kata sandi kosong tidak melindungi apa pun. Pilih yang terdiri dari setidaknya beberapa kata.
error-password-too-long = Kata sandi ini lebih panjang dari 1024 bita. Pilih yang lebih pendek.
error-password-file = Berkas kata sandi { $file } tidak bisa dibaca ({ $cause }). Periksa namanya dan apakah Anda boleh membacanya.
error-password-file-empty = Baris pertama { $file } kosong, padahal kata sandi seharusnya di situ. Tulis di baris pertama.
error-passwords-differ = Keduanya tidak sama, jadi tidak ada yang diubah. Coba lagi.
error-memory = Memori kosong tidak cukup untuk membuka brankas. Tutup program lain, lalu coba lagi.
error-keyring = Brankas ini juga membutuhkan rahasia dari gantungan kunci sistem, dan rahasia itu tidak ada. Pasang kata sandi baru dengan frasa pemulihan: nyx recover
error-name-empty = Nama diperlukan. Berikan dengan --name.
error-name-too-long = Nama ini lebih panjang dari 64 bita. Pilih yang lebih pendek.
error-name-characters = Nama ini memuat karakter yang tidak bisa ditampilkan dalam satu baris. Pilih yang tanpa karakter itu.
error-moved = Akun ini sekarang ada di perangkat lain ({ $to }); di sini hanya bisa dibaca. Tulislah di perangkat itu.
error-no-message = Pesan itu tidak ada; mungkin sudah dihapus.
error-no-conversation = Percakapan itu tidak ada.
error-nobody-named = Anda tidak mengenal siapa pun bernama { $who }. Catatan Anda bernama catatan.
error-empty-note = Tidak ada yang bisa dicatat. Berikan teks, - untuk membaca dari masukan standar, atau berkas dengan --attach.
error-not-text = Yang masuk lewat masukan standar bukan teks. Simpan sebagai berkas dengan --attach.
error-too-long = Ini lebih panjang dari batas pesan (256 KiB teks, 100 berkas). Lampirkan teksnya sebagai berkas, atau bagi-bagi.
error-disappeared = Pesan ini sudah lenyap; kuncinya hilang untuk selamanya.
error-file-missing = { $file } tidak ada. Periksa namanya.
error-file-exists = { $file } sudah ada dan tidak disentuh. Pilih nama lain.
error-not-a-file = { $file } bukan berkas biasa. Sebutkan sebuah berkas.
error-file = Sistem menolak { $file } ({ $cause }). Periksa apakah Anda boleh memakainya dan apakah diskanya sehat.
error-damaged = Brankas rusak. Tidak ada yang dihapus atau ditimpa. Salin foldernya ke tempat aman, lalu pulihkan cadangan ke folder lain: nyx --home DIR backup restore FILE
error-damaged-place = Brankas rusak: { $what }. Tidak ada yang dihapus atau ditimpa. Salin foldernya ke tempat aman, lalu pulihkan cadangan ke folder lain: nyx --home DIR backup restore FILE
error-found-damage = { $count ->
   *[other] { $count } tempat di brankas rusak.
} Tidak ada yang dihapus atau ditimpa. Salin foldernya ke tempat aman, lalu pulihkan cadangan ke folder lain: nyx --home DIR backup restore FILE
error-disk-full = Diska penuh, jadi tidak ada yang diubah. Kosongkan sebagian, lalu coba lagi.
error-disk = Diska menolak ({ $cause }). Yang sebelumnya ada masih ada. Periksa diskanya, lalu coba lagi.
error-output = Jawaban tidak bisa ditulis ({ $cause }). Periksa ke mana keluarannya diarahkan.
error-internal = Nyx membuat kesalahan ({ $cause }). Yang sebelumnya ada masih ada. Mohon laporkan.
error-interrupted = Dihentikan. Tidak ada yang tertinggal setengah jadi.
error-declined = Tidak ada yang dilakukan.
error-no-home = Sistem ini tidak menyebut folder untuk data. Pilih satu dengan --home.
error-no-window = Jendela Nyx belum ada; terminalnya sudah. Perintah yang bisa dipakai: init, recover, password, status, verify, note, messages, backup, erase, completions, man. Mulai dengan: nyx init
error-ask-password = Kata sandi diperlukan, dan tidak ada terminal untuk bertanya. Berikan dengan --password-file FILE.
error-ask-phrase = Frasa pemulihan diperlukan. Berikan semua katanya dalam satu baris di masukan standar.
error-ask-confirm = Ini perlu persetujuan Anda, dan tidak ada terminal untuk bertanya. Tulis --yes kalau Anda yakin.
error-ask-name = Nama diperlukan, dan tidak ada yang bisa ditanya. Berikan dengan --name.
error-phrase-count = Frasa pemulihan terdiri dari 24 atau 12 kata, bukan { $given }. Periksa apakah ada yang kurang atau tertulis dua kali.
error-phrase-word = Kata ke-{ $place } tidak ada di frasa pemulihan mana pun. Periksa apakah salah ketik.
error-phrase-word-near = Kata ke-{ $place } tidak ada di frasa pemulihan mana pun. Mungkin maksud Anda: { $near }
error-phrase-checksum = Setiap katanya benar, tetapi bersama-sama bukan frasa pemulihan. Periksa salah ketik dan urutannya.

usage-unknown = Di sini tidak ada opsi { $argument }. Lihat yang ada dengan --help.
usage-command = Tidak ada perintah { $command }. Lihat yang ada dengan: nyx --help
usage-subcommand = Cadangan mau diapakan: create atau restore? Lihat: nyx backup --help
usage-missing = Ada yang kurang: { $argument }. Lihat caranya dengan --help.
usage-no-value = { $argument } perlu nilai. Lihat caranya dengan --help.
usage-value = { $value } tidak cocok untuk { $argument }. Lihat caranya dengan --help.
usage-value-of = { $value } tidak cocok untuk { $argument }. Pilihannya: { $valid }
usage-twice = { $argument } hanya boleh diberikan sekali.
usage-passphrase = Dengan --to phrase tidak ada frasa sandi. Hilangkan --passphrase-file, atau tulis --to passphrase.
usage-other = Baris perintah ini tidak bisa dipahami. Lihat caranya dengan --help.
