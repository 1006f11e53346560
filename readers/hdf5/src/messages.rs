//! Header messages: their types, their flags, and a message as it is handed on
//! ("Disk Format: Level 2A2 - Data Object Header Messages").
//!
//! Types that no reading needs have no name here: object comment (0x0d), modification times
//! (0x0e, 0x12) and B-tree 'K' values (0x13). They are kept as messages like all known ones.

use hyperslab_core::Blob;

pub const NIL: u16 = 0x00;
pub const DATASPACE: u16 = 0x01;
pub const LINK_INFO: u16 = 0x02;
pub const DATATYPE: u16 = 0x03;
/// Fill value, the old message.
pub const FILL_VALUE_OLD: u16 = 0x04;
pub const FILL_VALUE: u16 = 0x05;
pub const LINK: u16 = 0x06;
pub const EXTERNAL_DATA_FILES: u16 = 0x07;
pub const DATA_LAYOUT: u16 = 0x08;
pub const GROUP_INFO: u16 = 0x0a;
pub const FILTER_PIPELINE: u16 = 0x0b;
pub const ATTRIBUTE: u16 = 0x0c;
pub const SHARED_MESSAGE_TABLE: u16 = 0x0f;
pub const CONTINUATION: u16 = 0x10;
pub const SYMBOL_TABLE: u16 = 0x11;
pub const DRIVER_INFO: u16 = 0x14;
pub const ATTRIBUTE_INFO: u16 = 0x15;
pub const REFERENCE_COUNT: u16 = 0x16;
pub const FILE_SPACE_INFO: u16 = 0x17;
/// Metadata cache image: only in the superblock extension.
pub const CACHE_IMAGE: u16 = 0x18;

/// The body is elsewhere: what stands here says where.
pub const IS_SHARED: u8 = 1 << 1;
/// Whoever does not know the type must not open the object.
pub const FAIL_IF_UNKNOWN: u8 = 1 << 7;

/// One message of an object header, its body already fetched from where it is shared.
#[derive(Clone)]
pub struct Message {
    pub kind: u16,
    pub flags: u8,
    pub body: Blob,
    /// Absolute byte offset of the body in the file.
    pub offset: u64,
    /// Creation order (of attributes), where the header keeps it.
    pub creation: Option<u16>,
    /// Address of the object header that the body came from: a committed datatype.
    pub shared_at: Option<u64>,
}

/// Whether the specification (up to HDF5 2.0) lists the type. 9 is its "bogus" message, which
/// is for testing: a reader treats it as unknown.
pub fn is_known(kind: u16) -> bool {
    kind <= CACHE_IMAGE && kind != 0x09
}

/// Whether messages of the type may be stored once for several objects.
pub fn is_shareable(kind: u16) -> bool {
    matches!(kind, DATASPACE | DATATYPE | FILL_VALUE_OLD | FILL_VALUE | FILTER_PIPELINE | ATTRIBUTE)
}

/// What an unknown or broken message is called in an error.
pub fn name(kind: u16) -> &'static str {
    match kind {
        DATASPACE => "dataspace message",
        LINK_INFO => "link info message",
        DATATYPE => "datatype message",
        FILL_VALUE_OLD | FILL_VALUE => "fill value message",
        LINK => "link message",
        EXTERNAL_DATA_FILES => "external data files message",
        DATA_LAYOUT => "data layout message",
        GROUP_INFO => "group info message",
        FILTER_PIPELINE => "filter pipeline message",
        ATTRIBUTE => "attribute message",
        SHARED_MESSAGE_TABLE => "shared message table message",
        CONTINUATION => "object header continuation message",
        SYMBOL_TABLE => "symbol table message",
        DRIVER_INFO => "driver info message",
        ATTRIBUTE_INFO => "attribute info message",
        REFERENCE_COUNT => "object reference count message",
        FILE_SPACE_INFO => "file space info message",
        CACHE_IMAGE => "metadata cache image message",
        _ => "header message",
    }
}
