//! Single system calls the standard library does not offer.

use std::fs::File;
use std::io;

#[cfg(unix)]
use std::os::fd::AsRawFd;

/// Takes back the "do not wait" the file was opened with: it is a regular file, and one on tape
/// or in a cold store (Lustre, GPFS) would fail to read with it instead of taking long.
#[cfg(unix)]
pub fn wait_for_reads(file: &File) -> io::Result<()> {
    // SAFETY: the descriptor is open; neither call touches memory.
    let result = unsafe {
        let flags = libc::fcntl(file.as_raw_fd(), libc::F_GETFL);
        libc::fcntl(file.as_raw_fd(), libc::F_SETFL, flags & !libc::O_NONBLOCK)
    };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

#[cfg(not(unix))]
pub fn wait_for_reads(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
pub fn page_bytes() -> usize {
    // SAFETY: takes and returns plain numbers.
    let bytes = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(bytes).ok().filter(|bytes| bytes.is_power_of_two()).unwrap_or(4096)
}

/// `f_type` of file systems whose files may change without this kernel knowing: another
/// machine, or a program, is behind them. Their mapped pages go stale, and a fault may wait for
/// ever. All others are mapped: local file systems are many and keep coming, and share one page
/// cache that is right by construction; network ones are few, and new ones come as FUSE or 9P.
/// Should one be missing here, a fault still becomes an error, never a crash.
/// Numbers: linux/magic.h, and coreutils' stat.c for those outside the kernel.
#[cfg(any(target_os = "linux", target_os = "android"))]
const NOT_MAPPED: &[u32] = &[
    0x0000_6969, // NFS
    0x6e66_7364, // nfsd
    0xff53_4d42, // CIFS
    0xfe53_4d42, // SMB2 and later
    0x0000_517b, // SMB
    0x6573_5546, // FUSE: sshfs, s3fs, gvfs, NTFS-3G, virtiofs, MooseFS, …
    0x6573_5543, // FUSE control
    0x0102_1997, // 9P: virtual machines, Windows drives in WSL
    0x5346_414f, // AFS (OpenAFS)
    0x6b41_4653, // AFS (kAFS)
    0x00c3_6400, // Ceph
    0x0bd0_0bd0, // Lustre
    0x4750_4653, // GPFS (Spectrum Scale)
    0x1983_0326, // BeeGFS
    0x7375_7245, // Coda
    0x0000_564c, // NCP
    0xaad7_aaea, // PanFS
    0x2003_0528, // OrangeFS
    0x0131_11a8, // Ibrix
    0xbeef_dead, // StorNext
    0x7461_636f, // OCFS2
    0x0116_1970, // GFS2
    0x6163_6673, // Oracle ACFS
    0xa501_fcf5, // VxFS
    0x786f_4256, // VirtualBox shared folder
    0xbacb_acbc, // VMware shared folder
    0x7c7c_6673, // Parallels shared folder
    0x5346_4846, // WSL 1
];

/// Whether a mapping of this file shows what reading it would.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn is_safe_to_map(file: &File) -> bool {
    // The field's type differs between systems; the magic numbers are 32 bits wide.
    #[allow(clippy::unnecessary_cast)]
    statfs(file).is_some_and(|found| !NOT_MAPPED.contains(&(found.f_type as u32)))
}

#[cfg(target_vendor = "apple")]
pub fn is_safe_to_map(file: &File) -> bool {
    statfs(file).is_some_and(|found| {
        let name: Vec<u8> = found.f_fstypename.iter().map(|&c| c.cast_unsigned()).collect();
        let is_fuse = name.windows(4).any(|part| part.eq_ignore_ascii_case(b"fuse"));
        found.f_flags & libc::MNT_LOCAL.cast_unsigned() != 0 && !is_fuse
    })
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn statfs(file: &File) -> Option<libc::statfs> {
    // SAFETY: all-zero bytes are a valid `statfs`.
    let mut found: libc::statfs = unsafe { std::mem::zeroed() };
    // SAFETY: the descriptor is open, `found` is writable.
    (unsafe { libc::fstatfs(file.as_raw_fd(), &raw mut found) } == 0).then_some(found)
}

/// Volume and file index, which the standard library does not yet offer.
#[cfg(windows)]
pub fn file_identity(file: &File) -> io::Result<(u64, u64)> {
    use std::os::windows::io::{AsRawHandle, RawHandle};

    /// BY_HANDLE_FILE_INFORMATION (fileapi.h); the times are FILETIMEs of two words each.
    #[repr(C)]
    #[derive(Default)]
    struct Information {
        attributes: u32,
        times: [u32; 6],
        volume: u32,
        size: [u32; 2],
        links: u32,
        index_high: u32,
        index_low: u32,
    }
    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetFileInformationByHandle(file: RawHandle, information: *mut Information) -> i32;
    }

    let mut found = Information::default();
    // SAFETY: the handle is open, `found` is writable and laid out as the system expects.
    if unsafe { GetFileInformationByHandle(file.as_raw_handle(), &raw mut found) } == 0 {
        return Err(io::Error::last_os_error());
    }
    let index = u64::from(found.index_high) << 32 | u64::from(found.index_low);
    Ok((u64::from(found.volume), index))
}
