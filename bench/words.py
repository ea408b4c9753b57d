"""Word lists of the bench texts. Every place, office unit and handle here is invented."""

from typing import Final

PLACES: Final = (
    "Talang Pelita",
    "Muara Kenanga",
    "Sungai Kelopak",
    "Tanjung Seruling",
    "Bukit Lampion",
    "Pulau Gelagah",
    "Rawa Cempaka",
    "Kampung Dermaga",
    "Simpang Anggrung",
    "Lubuk Anyaman",
)
OFFICES: Final = (
    "puskesmas",
    "kantor kelurahan",
    "loket KTP",
    "terminal kota",
    "pasar pagi",
    "dinas kebersihan",
    "kantor pajak daerah",
    "perpustakaan daerah",
    "pos pemadam",
    "balai latihan kerja",
)
OPENERS: Final = (
    "Izin lapor min,",
    "Halo admin,",
    "Info untuk warga:",
    "Assalamualaikum pak,",
    "Sekadar cerita,",
    "Jujur ya,",
    "Mohon dibantu,",
    "Numpang tanya kak,",
    "Barusan lewat sana,",
    "Katanya sih,",
)
EVENTS: Final = (
    "antrean di {office} {place} sudah {number} orang dan nomornya belum dipanggil juga",
    "jalan depan {office} {place} berlubang sejak {number} hari lalu, motor banyak yang jatuh",
    "petugas {office} {place} sigap banget, urusan {number} menit langsung beres",
    "syarat pindah alamat di {office} {place} apa saja, kok sudah {number} hari belum jadi",
    "air ledeng dekat {office} {place} mati {number} jam, tagihan tetap jalan",
    "lampu jalan di sekitar {office} {place} padam {number} malam, gelap sekali kalau pulang",
    "ada yang minta uang {number} ribu di {office} {place} padahal katanya gratis",
    "besok {office} {place} tutup dan bantuan untuk {number} keluarga dibatalkan semua",
    "aturan baru {office} {place} itu ngawur, {number} warga kecil lagi yang repot",
    "sampah di samping {office} {place} menumpuk {number} karung dan baunya menyengat",
)
ASIDES: Final = (
    "dan sampai sekarang belum ada kabar.",
    "kata tetangga saya begitu.",
    "sudah saya foto tadi pagi.",
    "anak-anak jadi susah lewat.",
    "padahal kemarin baik-baik saja.",
    "udah lapor dua kali tetep gitu.",
)
CLOSERS: Final = (
    "Tolong ditindaklanjuti ya, terima kasih 🙏",
    "Ada yang tahu kabarnya?",
    "Gimana nih @contoh_layanan",
    "Semoga cepat selesai.",
    "Benar nggak sih? #infowarga",
    "Kecewa berat kami di sini!!",
    "Mantap, lanjutkan 👍",
    "Lihat https://example.org/kabar/{number}",
    "Udah capek ngeluh terus wkwk",
    "Kami tunggu jawabannya pekan ini.",
)
SENTENCES: Final = (
    "Pemerintah kota {place} menyebut {number} warga telah memakai layanan {office} pekan ini.",
    "Menurut catatan {office}, jumlah berkas yang masuk naik {number} persen dari bulan lalu.",
    "Sejumlah pedagang di {place} mengaku belum menerima penjelasan tentang rencana itu.",
    "Pembangunan gedung {office} di {place} ditargetkan selesai dalam {number} bulan.",
    "Warga berharap jam buka {office} ditambah karena banyak yang bekerja sampai sore.",
    "Anggaran untuk {place} tahun ini mencapai {number} miliar rupiah, termasuk perbaikan jalan.",
    "Seorang petugas {office} mengatakan antrean terjadi karena jaringan sempat terputus.",
    "Hujan sejak dini hari merendam {number} rumah di {place}, tetapi tidak ada korban jiwa.",
    "Pengamat menilai kebijakan {office} perlu diuji lebih dulu di {place} sebelum diperluas.",
    "Data resmi dapat dilihat di papan pengumuman {office} {place} setiap hari kerja.",
    "Dewan kota meminta {office} menjawab {number} pengaduan yang belum ditangani.",
    "Kegiatan gotong royong di {place} diikuti {number} orang dari berbagai lingkungan.",
)
TITLES: Final = (
    "Layanan {office} {place} ditambah {number} loket",
    "Warga {place} pertanyakan {number} berkas di {office}",
    "Pengelola {office} {place} siapkan {number} petugas baru",
    "Perbaikan {office} {place} tertunda {number} hari",
)
