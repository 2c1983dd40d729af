//! Shared libraries that programs of other systems ask for, and the packages that bring them.

const LIBRARIES: &[(&str, &str)] = &[
    ("libEGL", "libGL"),
    ("libGL", "libGL"),
    ("libGLU", "libGLU"),
    ("libSDL2-2.0", "SDL2"),
    ("libX11", "xorg.libX11"),
    ("libXcursor", "xorg.libXcursor"),
    ("libXext", "xorg.libXext"),
    ("libXi", "xorg.libXi"),
    ("libXrandr", "xorg.libXrandr"),
    ("libasound", "alsa-lib"),
    ("libatk-1.0", "at-spi2-core"),
    ("libc", "glibc"),
    ("libcairo", "cairo"),
    ("libcrypto", "openssl"),
    ("libcups", "cups"),
    ("libcurl", "curl"),
    ("libdbus-1", "dbus"),
    ("libdrm", "libdrm"),
    ("libexpat", "expat"),
    ("libffi", "libffi"),
    ("libfontconfig", "fontconfig"),
    ("libfreetype", "freetype"),
    ("libfuse", "fuse"),
    ("libfuse3", "fuse3"),
    ("libgbm", "libgbm"),
    ("libgcc_s", "gcc-unwrapped"),
    ("libgdk_pixbuf-2.0", "gdk-pixbuf"),
    ("libgio-2.0", "glib"),
    ("libglib-2.0", "glib"),
    ("libgobject-2.0", "glib"),
    ("libgomp", "gcc-unwrapped"),
    ("libgstreamer-1.0", "gst_all_1.gstreamer"),
    ("libgtk-3", "gtk3"),
    ("libgtk-4", "gtk4"),
    ("libicuuc", "icu"),
    ("libjpeg", "libjpeg"),
    ("libm", "glibc"),
    ("libncurses", "ncurses"),
    ("libncursesw", "ncurses"),
    ("libnspr4", "nspr"),
    ("libnss3", "nss"),
    ("libpango-1.0", "pango"),
    ("libpng16", "libpng"),
    ("libpq", "libpq"),
    ("libpulse", "libpulseaudio"),
    ("libpython3.12", "python312"),
    ("libsecret-1", "libsecret"),
    ("libsqlite3", "sqlite"),
    ("libssl", "openssl"),
    ("libstdc++", "gcc-unwrapped"),
    ("libsystemd", "systemd"),
    ("libtinfo", "ncurses"),
    ("libudev", "systemd"),
    ("libusb-1.0", "libusb1"),
    ("libuuid", "libuuid"),
    ("libvulkan", "vulkan-loader"),
    ("libwayland-client", "wayland"),
    ("libxcb", "xorg.libxcb"),
    ("libxkbcommon", "libxkbcommon"),
    ("libxml2", "libxml2"),
    ("libz", "zlib"),
    ("libzstd", "zstd"),
];

/// The package that brings a shared library: `libGL.so.1` is `libGL`.
pub fn package(file: &str) -> Option<&'static str> {
    let name = file.rsplit('/').next().unwrap_or(file);
    let stem = name.split(".so").next().unwrap_or(name);
    LIBRARIES.iter().find(|(library, _)| library.eq_ignore_ascii_case(stem)).map(|(_, package)| *package)
}

#[cfg(test)]
mod tests {
    use super::{LIBRARIES, package};

    #[test]
    fn libraries_are_found_by_their_files() {
        assert_eq!(package("libGL.so.1"), Some("libGL"));
        assert_eq!(package("/usr/lib/libstdc++.so.6"), Some("gcc-unwrapped"));
        assert_eq!(package("git"), None);
        assert!(LIBRARIES.is_sorted_by_key(|(library, _)| *library));
    }
}
