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
help-doctor = Periksa jaringan perangkat ini, atau sambungan ke perangkat lain
help-doctor-peer = Ukur sambungan ke perangkat lain yang menjalankan hal yang sama; tidak perlu akun
help-doctor-show = Tampilkan kode untuk perangkat lain, bukan membacanya
help-doctor-camera = Baca kode perangkat lain dengan kamera, yang bernama NAME atau yang pertama
help-doctor-link-file = Baca kode perangkat lain dari berkas ini; - berarti masukan standar
help-doctor-image = Baca kode perangkat lain dari foto atau tangkapan layarnya
help-doctor-code = Pakai kode yang diketik; perlu --signal
help-doctor-by-hand = Pakai dua kode yang Anda bawa sendiri; tanpa layanan, tanpa pencarian di jaringan
help-doctor-lan-only = Jangan biarkan apa pun keluar dari jaringan ini
help-doctor-relay-only = Sembunyikan alamat Anda dari perangkat lain: hanya lewat perantara milik layanan
help-doctor-signal = Layanan penghubung yang dipakai: ws://… atau wss://…
help-doctor-interface = Pakai hanya antarmuka jaringan ini; boleh ditulis lebih dari sekali
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
ask-link = Kode dari perangkat lain:
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
error-open-to-others = Semua orang di komputer ini dapat menulis ke { $file }, sehingga dapat menaruh brankas lain di tempat brankas Anda. Pilih folder milik Anda sendiri, atau cabut hak itu: chmod o-w { $file }
error-in-use = Nyx lain sedang memakai brankas ini. Tutup dulu, atau tunggu sampai selesai, lalu coba lagi.
error-perhaps-written = Catatan sudah diserahkan ke Nyx yang sedang terbuka, tetapi jawabannya hilang. Mungkin sudah tersimpan: periksa di sana sebelum menulisnya lagi.
error-locked = Brankas terkunci. Buka kuncinya, lalu coba lagi.
error-wrong-password = Itu bukan kata sandi brankas ini. Coba lagi; kalau lupa, pasang yang baru dengan frasa pemulihan: nyx recover
error-wrong-phrase = Frasa pemulihan ini benar, tetapi milik akun lain. Cari frasa akun ini, atau sebutkan brankas lain dengan --home.
error-foreign-vault = Frasa pemulihan ini benar, tetapi brankas di folder ini tidak dibuat dengannya: seseorang menaruh brankas lain di tempatnya. Brankas itu tidak dibuka dan tidak ada yang diubah. Biarkan folder ini seperti adanya, lalu pulihkan cadangan ke folder lain: nyx --home DIR backup restore FILE
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
keyring-absent = Tidak ada keyring yang menjawab di desktop ini.
keyring-locked = Keyring Anda tetap terkunci.
keyring-lost = Keyring Anda tidak menyimpan kunci brankas ini.
keyring-foreign = Keyring Anda menyimpan kunci lain, yang tidak membuka brankas ini.
keyring-slow = Keyring Anda tidak menjawab tepat waktu.
keyring-refused = Keyring Anda menolak.
keyring-turned-off = Keyring Anda tidak dapat menerima kunci yang menyertai kata sandi baru, jadi tidak lagi membuka brankas. Anda dapat menyalakannya lagi di pengaturan jendela.
keyring-entry-stays = Keyring Anda tidak melepas entri "Nyx". Entri itu tidak membuka apa pun lagi; Anda boleh menghapusnya di sana.
error-name-empty = Nama diperlukan. Berikan dengan --name.
error-name-too-long = Nama ini lebih panjang dari 64 bita. Pilih yang lebih pendek.
error-name-characters = Nama ini memuat karakter yang tidak bisa ditampilkan dalam satu baris. Pilih yang tanpa karakter itu.
error-being-moved = Akun ini sedang dipindahkan ke perangkat lain; sebelum selesai, di sini hanya bisa dibaca. Selesaikan pemindahannya atau batalkan.
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
error-busy = Terlalu banyak pekerjaan sekaligus. Tunggu sampai ada yang selesai, lalu coba lagi.
error-locked-there = Nyx lain sedang memakai brankas ini, dan di sana brankasnya terkunci. Buka kuncinya di jendela Nyx, atau tutup jendelanya, lalu coba lagi.
error-interrupted = Dihentikan. Tidak ada yang tertinggal setengah jadi.
error-declined = Tidak ada yang dilakukan.
error-no-home = Sistem ini tidak menyebut folder untuk data. Pilih satu dengan --home.
error-no-window = Jendela Nyx belum ada; terminalnya sudah. Perintah yang bisa dipakai: init, recover, password, status, verify, note, messages, backup, erase, completions, man. Mulai dengan: nyx init
error-ask-password = Kata sandi diperlukan, dan tidak ada terminal untuk bertanya. Berikan dengan --password-file FILE.
error-ask-phrase = Frasa pemulihan diperlukan. Berikan semua katanya dalam satu baris di masukan standar.
error-ask-confirm = Ini perlu persetujuan Anda, dan tidak ada terminal untuk bertanya. Tulis --yes kalau Anda yakin.
error-ask-name = Nama diperlukan, dan tidak ada yang bisa ditanya. Berikan dengan --name.
error-ask-link = Kode perangkat lain diperlukan. Berikan dalam satu baris di masukan standar, atau dengan --link-file FILE, --image FILE, atau --camera.
error-unwell = Ada yang tidak berfungsi; apa dan apa yang membantu tertulis di atas.
error-peer-cancelled = Perangkat lain mengakhirinya. Mulai lagi di keduanya kalau ingin melanjutkan.
error-peer-unproven = Perangkat lain tidak dapat membuktikan bahwa itulah yang Anda maksud. Tampilkan kode baru dan coba lagi.
error-peer-wrong-code = Kode yang diketik bukan kode yang ditampilkan. Kode itu sudah terpakai: tampilkan yang baru dan ketik lagi.
error-peer-wrong-digits = Angkanya salah, jadi tidak ada yang dilakukan. Kalau Anda mengetik apa yang ditampilkan perangkat lain, ada pihak di antara keduanya. Tampilkan kode baru di jaringan yang Anda percaya.
error-peer-intruder = Perangkat kedua memakai kode yang sama, jadi ini diakhiri. Tampilkan kode baru di tempat yang tidak terlihat orang lain.
error-peer-protocol = Perangkat lain mengatakan sesuatu yang tidak semestinya. Perbarui Nyx di keduanya, lalu coba lagi.
error-no-network = Tidak ada jaringan yang boleh dipakai. Sambungkan perangkat ini, atau pilih yang lain dengan --interface.
error-contradiction = Pengaturan ini tidak menyisakan jalan: menyembunyikan alamat perlu perantara, dan di jaringan ini tidak ada. Pilih salah satu.
error-no-relay = Alamat Anda harus tersembunyi, jadi hanya perantara yang boleh dipakai, dan tidak ada yang dikenal. Berikan layanan yang punya perantara dengan --signal, atau izinkan alamat Anda di jaringan ini dengan --lan-only.
error-not-a-service = Itu bukan alamat layanan penghubung. Alamatnya diawali ws:// atau wss:// dan paling panjang 65 karakter.
error-service-needed = Ini perlu layanan penghubung. Berikan alamatnya dengan --signal, atau pakai kode yang dipindai.
error-no-service = Layanan penghubung tidak menjawab. Periksa alamatnya dan sambungan Anda, atau lakukan tanpa layanan di jaringan yang sama.
error-unknown-code = Layanan tidak mengenal kode itu: salah ketik, sudah terpakai, atau lebih lama dari dua menit. Tampilkan yang baru.
error-no-way = Kode itu tidak menuju tempat yang boleh dijangkau dari sini. Pakai jaringan yang sama atau --signal yang sama di kedua perangkat.
error-unreached = Perangkat lain tidak terjangkau pada waktunya. Pastikan keduanya di jaringan yang sama atau mencapai layanan yang sama, atau bawa dua kode dengan --by-hand.
error-expired = Perangkat lain tidak datang pada waktunya. Tampilkan kode baru dan pakai dalam dua menit.
error-no-path = Kedua perangkat sudah bertemu, tetapi sambungan di antaranya tidak terbentuk. Mungkin terhalang tembok api; coba jaringan yang sama, atau layanan dengan perantara.
error-lost = Sambungan ke perangkat lain terputus. Pastikan perangkat itu masih menyala, lalu mulai lagi.
error-code = Itu bukan kode Nyx. Salin semuanya, dari nyx: sampai akhir, atau ketik nomor dan keempat katanya.
error-code-word = Kata ke-{ $place } tidak ada dalam kode mana pun. Lihat lagi perangkat lain.
error-code-purpose = Kode itu untuk hal lain. Mulai hal yang sama di kedua perangkat.
error-code-other = Kode itu bukan untuk pertemuan ini. Pakai yang sekarang ditampilkan perangkat lain.
error-code-not-wanted = Tidak ada kode yang ditunggu.
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

## Jendela: mulai pertama

welcome-create = Buat akun

## Jendela: waktu

day-today = Hari ini
day-yesterday = Kemarin
day-monday = Senin
day-tuesday = Selasa
day-wednesday = Rabu
day-thursday = Kamis
day-friday = Jumat
day-saturday = Sabtu
day-sunday = Minggu
day-date = { $day } { $month }
day-date-year = { $day } { $month } { $year }
day-and-clock = { $day } pukul { $clock }
month-january = Januari
month-february = Februari
month-march = Maret
month-april = April
month-may = Mei
month-june = Juni
month-july = Juli
month-august = Agustus
month-september = September
month-october = Oktober
month-november = November
month-december = Desember

## Window: the ways in
strength = Kekuatan kata sandi
strength-none = Empat atau lima kata yang tak akan dirangkai orang lain itu kuat dan mudah diingat.
strength-very-weak = Mudah ditebak: siapa pun yang mendapatkan diska Anda mungkin akan menemukannya.
strength-weak = Tidak kuat: menahan orang yang sekadar ingin tahu, tetapi tidak menahan orang yang punya waktu dan komputer.
strength-fair = Baik: butuh waktu sangat lama untuk menemukannya.
strength-strong = Kuat: tak seorang pun akan menemukannya dengan menebak.

window-back = Kembali
window-busy = Nyx masih sibuk dengan hal lain. Coba lagi sebentar lagi.
window-cancel = Batal
window-caps-lock = Caps Lock tampaknya menyala.
window-continue = Lanjut
window-hide = Sembunyikan
window-name = Nama
window-new-password = Kata sandi baru
window-new-password-again = Kata sandi baru, sekali lagi
window-password = Kata sandi
window-passwords-differ = Keduanya tidak sama. Ketik lagi.
window-show = Tampilkan
window-try-again = Coba lagi

window-account-exists = Sudah ada akun di perangkat ini, dan tidak ada yang diubah. Buka dengan kata sandinya, atau hapus dulu lewat pengaturan.
window-cancelled = Dihentikan. Tidak ada yang tertinggal setengah jadi.
window-damaged = Brankas rusak: { $what }. Tidak ada yang dihapus atau ditimpa. Salin foldernya ke tempat aman sebelum melakukan hal lain; cadangan akan mengembalikan pesan Anda.
window-folder-not-empty = Folder untuk brankas berisi hal lain, dan tidak ada yang diubah. Jalankan Nyx dengan folder kosong.
window-found-damage = { $count ->
    [one] Satu tempat di brankas rusak.
   *[other] { $count } tempat di brankas rusak.
} Tidak ada yang dihapus atau ditimpa. Salin foldernya ke tempat aman; cadangan akan mengembalikan pesan Anda.
window-name-empty = Nama diperlukan. Anda boleh memilih nama apa saja.
window-no-account = Tidak ada lagi akun di sini. Buat akun baru, atau kembali dengan frasa pemulihan atau cadangan.
window-other-backup-key = Cadangan ini dibuka dengan cara lain. Pilih berkasnya sekali lagi.
window-phrase-word = Kata ke-{ $place } tidak ada dalam frasa pemulihan mana pun. Mungkin maksud Anda:
window-wrong-password = Itu bukan kata sandi brankas ini. Coba lagi, atau buat yang baru dengan frasa pemulihan Anda.
window-wrong-phrase = Frasa pemulihan ini benar, tetapi milik akun lain. Cari frasa milik akun ini.

finding-vault = Mencari brankas Anda…
finding-in-use = Sedang dipakai
finding-damaged = Rusak
finding-later-version = Dari versi yang lebih baru
finding-unusable = Tidak dapat dipakai

welcome-lead = Percakapan, catatan, dan berkas Anda, terenkripsi di perangkat ini. Tidak ada server yang menyimpannya, dan tidak ada yang bisa membacanya.
welcome-have-one = Saya sudah punya akun
welcome-recover = Pulihkan dengan frasa
welcome-restore = Pulihkan cadangan

unlock-lead = Brankas Anda terkunci.
unlock-button = Buka
unlock-running = Membuka…
unlock-forgot = Lupa kata sandi?
unlock-keyring-running = Keyring Anda sedang ditanya. Anda juga bisa mengetik kata sandi.
unlock-keyring-failed = { $why } Ketik kata sandi Anda.
unlock-keyring-lost = { $why } Ketik kata sandi Anda, lalu matikan dan nyalakan lagi keyring di pengaturan.

create-title = Buat akun
create-lead = Tanpa nomor telepon, tanpa alamat surel. Akun dibuat di perangkat ini dan hanya milik Anda.
create-words = Jumlah kata frasa pemulihan
create-words-24 = 24 kata
create-words-12 = 12 kata
create-phrase-title = Frasa pemulihan
create-phrase-lead = Tulis kata-kata ini di kertas, sesuai urutan, dan simpan di tempat yang hanya bisa Anda temukan. Dengannya Anda dapat membuat kata sandi baru dan membuktikan bahwa akun ini milik Anda. Siapa pun yang memilikinya beserta diska Anda dapat membaca semuanya. Nyx tidak akan menampilkannya lagi.
create-phrase-show = Tampilkan kata-katanya
create-phrase-hide = Sembunyikan kata-katanya
create-phrase-copy = Salin
create-phrase-copied = Disalin. Satu menit lagi Nyx mengeluarkannya dari papan klip, jika masih ada di sana. Program lain dapat membaca papan klip, jadi kertas lebih aman.
create-phrase-written = Saya sudah menulisnya
create-phrase-void = Frasa pemulihan yang Anda tulis kini bukan milik akun mana pun. Buanglah.
create-leave-title = Tinggalkan frasa ini?
create-leave-text = Kata-kata di halaman ini lalu bukan milik akun mana pun. Jika sudah Anda tulis, buanglah: Anda akan mendapat kata-kata lain.
create-leave-do = Tinggalkan
create-leave-stay = Tetap di sini
create-asked-title = Tiga dari kata Anda
create-asked-lead = Agar kertas Anda dapat diandalkan: ketik kata-kata ini dari kertas itu.
create-asked-word = Kata ke-{ $place }
create-asked-wrong = Kata ke-{ $place } bukan itu. Lihat kertas Anda, atau kembali untuk melihat kata-katanya sekali lagi.
create-button = Buat akun
create-running = Membuat akun Anda. Ini perlu sebentar, supaya menebak kata sandi Anda perlu waktu sangat lama.
create-failed = Akun belum ada

desktop-open = Buka Nyx
desktop-lock = Kunci
desktop-quit = Keluar
desktop-unread = Ada pesan baru.
desktop-new-message = Pesan baru
desktop-notes = Catatan

link-title = Tautan ke Nyx
link-check = Tautan ini dari perangkat lain yang ingin mencoba sambungan ke perangkat ini. Keduanya akan saling mengetahui alamat jaringan, dan tidak lebih. Lanjutkan hanya kalau Anda tahu siapa pengirimnya.
link-locked = Tautan ini menuju perangkat lain. Buka dulu brankas Anda; setelah itu Anda ditanya lagi.
link-no-account = Tautan ini menuju perangkat lain. Di perangkat ini belum ada akun: buat atau pindahkan akun ke sini, lalu buka tautannya lagi.
link-unknown = Tautan ini memperkenalkan seseorang, atau perangkat Anda yang lain. Versi Nyx ini belum dapat menemui mereka. Tidak ada yang dilakukan dengannya.
link-second = Ini kode kedua dari dua kode yang dibawa sendiri. Salin, lalu tempel di tempat kode pertama ditampilkan.
link-broken = Tautan ini tidak utuh, atau bukan milik Nyx. Salin seluruhnya, dari nyx: sampai akhir. Tidak ada yang dilakukan dengannya.
link-go = Lanjutkan
link-leave = Biarkan
link-close = Tutup

## Jendela: percakapan

chats-title = Obrolan
chats-lock = Kunci
chats-settings = Pengaturan
chats-shortcuts = Pintasan papan ketik
chats-draft = Draf
chats-empty = Belum ada apa-apa di sini
chats-unread = { $count } belum dibaca
chat-notes = Catatan
chat-notes-hint = Hanya Anda
chat-notes-empty-title = Catatan Anda
chat-notes-empty = Tulislah untuk diri sendiri: pikiran, tautan, gambar, berkas. Semuanya tetap di perangkat ini, terenkripsi, dan tidak perlu jaringan.
chat-you = Anda
chat-message = { $from }, { $at }: { $text }
chat-messages = Pesan: { $name }
chat-new-messages = Pesan baru
chat-disappeared = Ini sudah menghilang
chat-attachment = Lampiran
chat-edited = disunting
chat-edited-earlier = Lihat teks sebelumnya
chat-unfold = Tampilkan semuanya
chat-unreadable = Pesan-pesan ini tidak dapat dibaca.
copy-running = Menyalin: { $percent } %
copy-stop = Berhenti menyalin
copy-unreadable = Tidak ada yang disalin: sebagian pesan yang dipilih tidak dapat dibaca. Coba lagi.
copy-too-much = Tidak ada yang disalin: yang dipilih melebihi kemampuan papan klip (64 MiB). Pilih lebih sedikit.
chat-quote-go = Ke pesan yang dikutip
chat-link-opens = Membuka { $target }
chat-open-link = Buka { $target }
chat-picture = Gambar { $name }
chat-open-file = Buka { $name }
chat-save-file = Simpan { $name }
chat-react = Beri reaksi
chat-react-with = Beri reaksi { $emoji }
chat-reaction = { $emoji } { $count }. Tekan untuk ikut.
chat-reaction-mine = { $emoji } { $count }, termasuk Anda. Tekan untuk menariknya.
chat-reply = Balas
chat-more = Lainnya
chat-edit = Sunting
chat-copy = Salin teks
chat-delete = Hapus
chat-back = Kembali ke obrolan
chat-about = Tentang obrolan ini
chat-search = Cari di obrolan ini
chat-timer = Pesan menghilang
chat-timer-is = Pesan menghilang setelah { $time }
chat-down = Ke pesan terbaru
chat-down-new = { $count } pesan baru: lihat
chat-drop-here = Lepaskan berkas di sini untuk melampirkannya
chat-write = Tulis pesan
chat-send = Kirim
chat-save-edit = Simpan perubahan
chat-emoji = Emoji
chat-attach = Lampirkan berkas
chat-attach-title = Pilih berkas untuk dilampirkan
chat-replying = Membalas
chat-editing = Menyunting
chat-leave-task = Batalkan
chat-remove-file = Buang { $name }
chat-dismiss = Tutup
chat-cancel-sending = Batalkan
chat-keeping-files = Menyimpan berkas: { $progress }
chat-progress = Kemajuan
chat-draft-unkept = Draf Anda belum tersimpan; Nyx terus mencoba. { $why }
chat-unsent = Tidak terkirim: { $text }
chat-unsent-again = Kirim lagi
chat-unsent-discard = Buang
chat-files-let-go = { $count } berkas yang menunggu di sini dilepas saat brankas dikunci. Lampirkan lagi.
chat-file-refused = { $name } tidak dilampirkan: tidak bisa dibaca, bukan berkas, atau sudah terlalu banyak (100 per pesan).
chat-too-long = Ini lebih panjang dari batas pesan (256 KiB). Bagi menjadi beberapa pesan, atau lampirkan sebagai berkas.
chat-pasted-picture = Gambar tempelan
chat-pasted-text = Teks tempelan
chat-save-title = Simpan berkas sebagai
chat-saved-as = Disimpan sebagai { $file }
chat-writing-file = Menulis berkas…
errand-stop = Hentikan: { $what }
errand-stopped = Yang sedang berjalan dihentikan saat brankas dikunci. Mulai lagi jika masih Anda inginkan.
delete-title = Hapus pesan ini?
delete-text = Pesan ini dihapus dari perangkat ini beserta semua yang menyertainya. Ini tidak bisa dibatalkan.
delete-do = Ya, hapus
delete-keep = Jangan hapus
earlier-title = Teks sebelumnya
earlier-until = Sampai { $at }
open-title = Buka berkas ini?
open-text = { $name } mungkin sebuah program. Jika dibuka di program lain, ia bisa melakukan apa saja yang bisa Anda lakukan. Buka hanya kalau Anda percaya asalnya.
open-do = Buka
dialog-close = Tutup
dialog-cancel = Batal
viewer-close = Tutup gambar
viewer-next = Berikutnya
viewer-previous = Sebelumnya
timer-off = Mati
timer-hour = 1 jam
timer-day = 1 hari
timer-week = 1 minggu
timer-other = Waktu lain…
timer-other-is = Waktu lain: { $time }
timer-hint = Pesan baru dihapus sekian lama setelah dibaca. Pesan yang sudah ada tetap tinggal.
timer-count = Berapa
timer-minutes = menit
timer-hours = jam
timer-days = hari
timer-weeks = minggu
timer-set = Terapkan
pane-title = Tentang
pane-close = Tutup
pane-notes = Percakapan dengan diri sendiri
pane-account = Akun Anda
pane-words = Empat kata yang membuat orang lain mengenali akun Anda
pane-kept = Tersimpan di perangkat ini
pane-messages = { $count } pesan
pane-files = { $count } berkas, { $size }
pane-media = Gambar dan berkas
gallery-none = Belum ada di percakapan ini.
gallery-picture = Gambar { $name }, { $day }
gallery-file = { $name }, { $about }. Tampilkan di percakapan
gallery-jump = Tampilkan di percakapan
search-field = Cari pesan
search-close = Tutup pencarian
search-within = Hanya di { $name }.
search-everywhere = Cari di semua obrolan
search-hint = Semua kata harus ada, atau bagiannya. Nama berkas juga dicari.
search-none = Tidak ada pesan yang memuat semua kata ini. Coba kurangi katanya, atau cari sebagian kata saja.
search-running = Mencari…
emoji-search = Cari emoji
emoji-none = Tidak ada emoji dengan nama itu. Coba kata lain.
shortcuts-title = Pintasan papan ketik
shortcut-send = Kirim
shortcut-line = Baris baru
shortcut-edit-newest = Sunting pesan terbaru Anda (kolom kosong)
shortcut-leave = Tinggalkan balasan, suntingan, pencarian
shortcut-page = Gulir satu halaman
shortcut-search-here = Cari di obrolan ini
shortcut-search = Cari di semua obrolan
shortcut-next = Ke bagian jendela berikutnya
shortcut-move = Dari pesan ke pesan
shortcut-ends = Ke pesan pertama, ke pesan terbaru
shortcut-menu = Yang bisa dilakukan dengan pesan
shortcut-reply = Balas
shortcut-edit = Sunting
shortcut-react = Beri reaksi
shortcut-view = Lihat gambarnya
shortcut-delete = Hapus
shortcut-select = Pilih pesan
shortcut-select-all = Pilih semua pesan
shortcut-copy = Salin yang dipilih, atau pesannya
shortcut-lock = Kunci
shortcut-help = Ikhtisar ini
duration-days = { $count } hari

window-backup-file = Berkas cadangan
window-choose-file = Pilih…
window-passphrase = Frasa sandi
window-passphrase-again = Frasa sandi, sekali lagi
window-phrase = Frasa pemulihan
window-phrase-count = { $count ->
    [one] Baru 1 kata
   *[other] Baru { $count } kata
}
window-needs-phrase = Cadangan tidak dapat berbicara atas nama akun Anda. Untuk itu, pulihkan dengan frasa Anda lewat pengaturan di perangkat ini. Membaca dan menulis catatan sudah bisa sekarang juga.

window-recover-title = Kata sandi baru
window-recover-empty = Di sini tidak ada brankas. Frasa pemulihan saja mengembalikan jati diri Anda: kontak akan tahu bahwa itu Anda. Pesan dan berkas tidak ikut kembali; untuk itu perlu cadangan atau perangkat lama Anda.
window-recover-button = Pulihkan
window-recover-running = Memulihkan. Ini perlu sebentar.
window-recover-done = Selamat datang kembali

window-restore-lead = Semua isi cadangan masuk ke perangkat ini: pesan, berkas, kontak, dan pengaturan.
window-restore-phrase = Cadangan ini dibuka dengan frasa pemulihan akun yang membuatnya. Setelah itu pilih kata sandi untuk perangkat ini.
window-restore-passphrase = Cadangan ini dibuka dengan frasa sandi yang dipakai saat membuatnya. Setelah itu pilih kata sandi untuk perangkat ini.
window-restore-button = Pulihkan
window-restore-running = Memulihkan. Belum ada yang terlihat di sini sampai semuanya lengkap.

## Window: settings

settings-title = Pengaturan
settings-lock = Kunci sekarang
settings-lock-keys = Ctrl+L, dari mana saja
settings-account = Akun
settings-account-name = Nama
settings-account-words = Dalam kata
settings-account-words-why = Kata-kata ini menamai akun Anda. Ini bukan rahasia: cocokkan dengan seseorang agar yakin bahwa itu Anda.
settings-account-state = Keadaan
settings-account-messages = Pesan
settings-account-files = Berkas
settings-account-files-size = { $count } ({ $size })
settings-account-needs-phrase = bisa dibaca; untuk berbicara atas nama akun dari perangkat ini, pulihkan dengan frasa Anda
settings-password = Kata sandi
settings-password-lead = Kata sandi membuka brankas di perangkat ini. Jika Anda lupa, frasa pemulihan Anda memasang yang baru.
settings-password-present = Kata sandi sekarang
settings-password-button = Ganti kata sandi
settings-password-running = Mengganti kata sandi. Ini perlu sebentar.
settings-backup = Cadangan
settings-backup-lead = Semuanya masuk ke satu berkas terenkripsi. Simpan di tempat lain, bukan di perangkat ini.
settings-backup-by = Yang membukanya
settings-backup-by-phrase = Frasa pemulihan
settings-backup-by-passphrase = Frasa sandi
settings-backup-button = Buat cadangan
settings-backup-running = Menulis cadangan
settings-privacy = Kunci dan privasi
settings-lock-after = Mengunci sendiri
settings-lock-after-lead = Setelah selama ini tidak disentuh, kunci dihapus dari memori dan kata sandi diminta lagi.
settings-lock-minutes = { $count } mnt
settings-lock-never = Tidak pernah
settings-lock-never-why = Siapa pun yang duduk di depan perangkat ini selagi Nyx terbuka dapat membaca semuanya.
settings-keyring = Buka dengan keyring
settings-keyring-lead = Saat Nyx dimulai, keyring desktop Anda dapat membuka brankas, jadi Anda tidak perlu mengetik kata sandi. Setelah brankas terkunci, oleh Anda atau dengan sendirinya, hanya kata sandi yang membukanya sampai Nyx dimulai lagi.
settings-keyring-cost = Setiap program yang Anda jalankan, dan siapa pun yang duduk di depan komputer ini selagi Anda masuk, lalu dapat membuka brankas tanpa kata sandi Anda. Biarkan mati jika orang lain memakai sesi Anda.
settings-keyring-use = Nyalakan
settings-keyring-leave = Matikan
settings-keyring-running = Keyring Anda sedang ditanya…
settings-keyring-is-on = Keyring Anda membuka brankas saat Nyx dimulai.
settings-keyring-failed = { $why } Tidak ada yang diubah.
settings-autostart = Mulai saat masuk
settings-autostart-lead = Nyx terbuka sendiri saat Anda masuk ke komputer, dalam keadaan terkunci.
settings-autostart-lead-keyring = Nyx terbuka sendiri saat Anda masuk ke komputer, dan keyring Anda membuka brankas.
settings-autostart-on = Nyala
settings-autostart-off = Mati
settings-notify = Pemberitahuan
settings-notify-lead = Yang ditampilkan pemberitahuan. Orang lain juga melihat layar.
settings-notify-nothing = Tidak ada
settings-notify-arrival = Bahwa ada yang masuk
settings-notify-sender = Dari siapa
settings-notify-text = Dari siapa, dan teksnya
settings-hide = Sembunyikan alamat saya
settings-hide-lead = Perangkat yang bertemu dengan perangkat ini mengetahui alamat jaringannya, dan dari situ kira-kira tempatnya. Kalau disembunyikan, semuanya lewat perantara sebuah layanan penghubung; tanpa itu, perangkat hanya dapat bertemu kalau Anda memilih “Hanya jaringan ini” di sana.
settings-hide-off = Jangan sembunyikan
settings-hide-on = Sembunyikan
settings-look = Tampilan dan bahasa
settings-language = Bahasa
settings-colours = Warna
settings-dark = Gelap
settings-light = Terang
settings-contrast = Kontras tinggi
settings-scale = Ukuran
settings-check = Periksa brankas
settings-check-lead = Membaca setiap bita brankas dan memberi tahu apa yang rusak. Tidak ada yang diubah.
settings-check-button = Periksa sekarang
settings-check-running = Memeriksa
settings-check-done = Semuanya masih seperti saat ditulis.
settings-check-hash = Sidik jari isi; sama di dua perangkat hanya jika isinya sama
settings-erase = Hapus
settings-erase-lead = Ini menghapus brankas dari perangkat ini: semua pesan, semua berkas, dan akun Anda, kecuali Anda punya frasa pemulihan atau cadangannya. Ini tidak bisa dibatalkan.
settings-erase-word = hapus
settings-erase-type = Ketik { $word } untuk melanjutkan
settings-erase-button = Hapus semuanya
settings-erase-running = Menghapus…
settings-about = Tentang

about-version = Nyx { $version }
about-protections = Apa melindungi apa
about-vault = Pesan, kontak, pengaturan
about-vault-how = Dalam basis data yang terenkripsi seluruhnya (SQLCipher, AES-256). Tanpa kuncinya, jumlah pesan pun tidak bisa dibaca.
about-password = Kata sandi Anda
about-password-how = Tidak pernah disimpan. Argon2id membuat setiap tebakan memakan memori dan waktu sebanyak yang sanggup ditanggung perangkat ini.
about-files = Berkas
about-files-how = Masing-masing punya kunci sendiri dan disimpan dalam potongan terautentikasi (AES-256-GCM); satu bita yang berubah pun ketahuan.
about-identity = Jati diri Anda
about-identity-how = Kunci Ed25519 yang dibuat dari frasa pemulihan Anda menamai akun. Perangkat ini bekerja dengan kunci yang ditunjuknya; kunci itu ada di dalam brankas.
about-backup = Cadangan
about-backup-how = Berkas dalam format terbuka age, yang juga bisa dibuka program lain, untuk frasa Anda atau frasa sandi.
about-memory = Memori
about-memory-how = Kunci hanya ada selagi brankas terbuka, dan tidak ada berkas core yang ditulis. Memori yang dilepas ditimpa, oleh Nyx maupun basis datanya. Yang pernah dilihat layar, metode masukan, atau papan klip ada di luar jangkauan.
about-licences = Lisensi
about-licence = Nyx adalah perangkat lunak bebas dengan lisensi MIT atau Apache 2.0, sesuai pilihan Anda.
about-fonts = Fon yang disertakan: Inter, JetBrains Mono, dan Noto (SIL Open Font Licence), DejaVu (lisensi Bitstream Vera), Droid Sans Fallback (Apache 2.0), ikon Lucide (ISC).

code-name = Kode untuk kamera perangkat lain
code-left = Berlaku selama { $left }
code-copy = Salin sebagai tautan
code-expired = Kode ini sudah kedaluwarsa, supaya tidak dapat dipakai orang lain nanti. Tampilkan yang baru.
code-renew = Tampilkan kode baru

scan-camera = Kamera
scan-file = Dari gambar
scan-typed = Ketik atau tempel
scan-which = Kamera
scan-preview = Yang terlihat oleh kamera
scan-hold = Arahkan kode perangkat lain ke kamera sampai seluruhnya terlihat di gambar.
scan-starting = Menyalakan kamera
scan-file-lead = Foto atau tangkapan layar kode: PNG, JPEG, GIF, atau WebP. Pilih, jatuhkan di jendela ini, atau tempel.
scan-file-choose = Pilih gambar…
scan-typed-lead = Tautan yang ditampilkan perangkat lain, atau kode yang diminta untuk diketik.
scan-typed-name = Tautan atau kode
scan-typed-take = Lanjutkan
scan-foreign = Ini bukan kode Nyx. Ambil kode yang sedang ditampilkan perangkat lain, seluruhnya.
scan-nothing = Tidak ada kode yang terbaca di gambar ini. Ambil sekali lagi dari lebih dekat dan tanpa pantulan cahaya.
scan-no-camera = Kamera tidak ditemukan. Pasang kamera, atau pilih cara lain di atas.
scan-busy = Kamera sedang dipakai program lain. Tutup program itu; Nyx akan melanjutkan sendiri.
scan-denied = Sistem ini tidak mengizinkan Nyx memakai kamera. Izinkan di pengaturan sistem, atau pilih cara lain di atas.
scan-silent = Kamera tidak mengirim gambar. Cabut lalu pasang lagi, atau pilih cara lain di atas.
scan-gone = Kamera terlepas. Pasang lagi; Nyx akan melanjutkan sendiri.
scan-unusable = Kamera ini tidak dapat dipakai. Pilih kamera atau cara lain di atas.
scan-file-unreadable = Berkas tidak dapat dibaca. Pilih berkas lain.
scan-file-no-picture = Berkas ini bukan gambar yang dapat dibaca. Pilih PNG, JPEG, GIF, atau WebP.
scan-file-too-large = Gambar terlalu besar. Potong pada kodenya saja, atau ambil foto yang lebih kecil.

meeting-show = Pindai atau tempel kode ini di perangkat lain dalam dua menit:
meeting-show-typed = Ketik kode ini di perangkat lain dalam dua menit:
meeting-show-first = Bawa kode ini ke perangkat lain, lalu bawa kode yang muncul di sana ke sini, dalam sepuluh menit:
meeting-show-second = Bawa kode ini kembali ke perangkat pertama:
meeting-peer = Terhubung dengan { $name } ({ $path }).
meeting-stalled = Perangkat lain tidak menjawab. Mencari jalan baru …
meeting-resumed = Perangkat lain menjawab lagi.
path-lan = jaringan ini
path-direct = langsung
path-relay = lewat perantara
check-digits = Bandingkan: perangkat lain juga harus menampilkan { $digits }. Kalau berbeda, ada pihak di antara Anda.
check-figures = Pulang-pergi { $millis } ms, ke sana { $there }/dtk, ke sini { $back }/dtk ({ $path }).

doctor-network = Jaringan: { $interface } dengan { $address }.
doctor-no-network = Jaringan: tidak ada yang boleh dipakai. Sambungkan perangkat ini, atau pilih yang lain dengan --interface.
doctor-discovery = Menemukan perangkat di { $interface }: berfungsi.
doctor-no-discovery = Menemukan perangkat di { $interface }: kiriman ke semua perangkat tidak kembali. Mungkin tembok api menahan multicast (UDP 5353); izinkan, atau pakai kode yang memuat alamat.
doctor-service = Layanan penghubung: menjawab setelah { $millis } md.
doctor-no-service = Layanan penghubung: tidak menjawab. Periksa alamatnya dan sambungan Anda.
doctor-camera = Kamera: berfungsi.
doctor-camera-none = Kamera: tidak ditemukan. Tampilkan kode di perangkat ini dan baca di perangkat lain, atau pasang kamera.
doctor-camera-busy = Kamera: sedang dipakai program lain. Tutup di sana.
doctor-camera-denied = Kamera: sistem ini tidak mengizinkan Nyx memakainya. Izinkan di pengaturan sistem; di Linux pengguna Anda harus masuk grup video.
doctor-camera-silent = Kamera: tidak mengirim gambar. Cabut lalu pasang lagi.
doctor-camera-unusable = Kamera: tidak dapat dipakai. Coba kamera lain.
doctor-keyring = Keyring: berfungsi. Brankas dapat dibuka olehnya saat jendela dimulai, kalau Anda menyalakannya.
doctor-no-keyring = Keyring: { $why } Kata sandi Anda selalu membuka brankas.
camera-looking = Melihat lewat { $name }. Arahkan kode perangkat lain ke kamera sampai seluruhnya terlihat.
camera-none = Kamera tidak ditemukan. Pasang kamera, atau baca kode dengan --image FILE atau --link-file FILE.
camera-busy = Kamera sedang dipakai program lain. Tutup program itu lalu coba lagi, atau baca kode dengan --image FILE.
camera-denied = Sistem ini tidak mengizinkan Nyx memakai kamera. Izinkan; di Linux pengguna Anda harus masuk grup video. Atau baca kode dengan --image FILE.
camera-silent = Kamera tidak mengirim gambar. Cabut lalu pasang lagi, atau baca kode dengan --image FILE.
camera-unusable = Kamera ini tidak dapat dipakai. Sebut kamera lain dengan --camera=NAME, atau baca kode dengan --image FILE.
camera-unknown = Tidak ada kamera bernama { $name }. Yang ada: { $there }.

## Window: meeting another device

settings-connection = Sambungan
connection-here = Perangkat ini
connection-here-lead = Memeriksa jaringan perangkat ini, apakah perangkat lain dapat ditemukan di sana, dan kameranya.
connection-look = Periksa
connection-looking = Memeriksa
connection-peer = Perangkat lain
connection-peer-lead = Mencoba sambungan antara perangkat ini dan perangkat lain, lalu mengukurnya. Buka halaman yang sama di sana: satu menampilkan kode, yang lain membacanya.
connection-compare = Bandingkan: perangkat lain juga harus menampilkan angka ini. Kalau berbeda, ada pihak di antara Anda.
connection-measuring = Mengukur
connection-done = Sambungan berfungsi.
connection-again = Sekali lagi

meet-show = Tampilkan kode
meet-read = Baca kode
meet-form = Cara perangkat lain mengambilnya
meet-form-ticket = Pindai atau tempel
meet-form-typed = Ketik
meet-form-by-hand = Dua kode dibawa sendiri
meet-form-ticket-lead = Kode untuk kameranya, sekaligus sebuah tautan. Berlaku dua menit.
meet-form-typed-lead = Sebuah angka dan empat kata. Kedua perangkat memerlukan layanan penghubung yang sama.
meet-form-by-hand-lead = Untuk jaringan yang tidak memungkinkan cara lain: Anda membawa kode ini ke sana, lalu kode jawabannya ke sini. Sepuluh menit.
meet-show-code = Tampilkan kodenya
meet-ways = Jaringan dan layanan
meet-reach = Yang boleh dipakai
meet-reach-any = Jaringan apa pun
meet-reach-lan = Hanya jaringan ini
meet-reach-relay = Hanya perantara
meet-hidden = Alamat Anda disembunyikan, jadi hanya perantara yang dipakai.
meet-service = Layanan penghubung (wss://…)
meet-service-optional = Layanan penghubung, kalau Anda memakainya (wss://…)
meet-preparing = Membuat kode
meet-looking = Mencari perangkat lain
meet-waiting = Menunggu perangkat lain
meet-lead-ticket = Arahkan kamera perangkat lain ke sini, atau salin tautannya dan buka di sana.
meet-lead-typed = Ketik ini di perangkat lain:
meet-lead-first = Bawa kode ini ke perangkat lain: pindai di sana, atau salin sebagai tautan.
meet-lead-second = Bawa kode ini kembali ke perangkat pertama: pindai di sana, atau salin sebagai tautan.
meet-second = Kode jawaban dari perangkat lain
meet-second-given = Kodenya sudah di sini. Mencari perangkat lain
meet-digits = Angka { $digits }

code-copy-words = Salin

window-no-network = Tidak ada jaringan yang boleh dipakai. Sambungkan perangkat ini.
window-no-relay = Alamat Anda harus tersembunyi, jadi hanya perantara yang boleh dipakai, dan tidak ada yang dikenal. Sebut layanan penghubung yang punya perantara, atau pilih “Hanya jaringan ini”.
window-service-needed = Ini memerlukan layanan penghubung. Sebut layanan yang dipakai kedua perangkat, atau pilih cara lain membawa kodenya.
window-no-way = Kode ini tidak menuju tempat yang boleh dicapai dari sini. Sambungkan kedua perangkat ke jaringan yang sama, atau sebut layanan penghubung yang sama di keduanya.
window-unreached = Perangkat lain tidak tercapai pada waktunya. Periksa apakah keduanya di jaringan yang sama atau memakai layanan penghubung yang sama, atau bawa dua kode sendiri.
