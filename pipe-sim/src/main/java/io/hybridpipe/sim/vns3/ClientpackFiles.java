// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The files of clientpacks: an OpenVPN configuration, alone or packed. Its key is derived from the keyset, so that all
 * controllers of a topology give out the same files; it is not a key that any OpenVPN would take.
 */
final class ClientpackFiles {
    private static final int BLOCK = 512;

    private final Supplier<Optional<Keyset.Keys>> keys;
    private final Supplier<String> server;

    /** @param server the address that clients connect to */
    ClientpackFiles(Supplier<Optional<Keyset.Keys>> keys, Supplier<String> server) {
        this.keys = keys;
        this.server = server;
    }

    /** One of the formats; empty if there is no such format. */
    Optional<byte[]> content(Clientpack pack, String format) {
        byte[] plain = configuration(pack).getBytes(StandardCharsets.UTF_8);
        return switch (format) {
            case "conf", "ovpn" -> Optional.of(plain);
            case "tarball", "tar.gz" -> Optional.of(gzip(tar(pack.name() + ".conf", plain)));
            case "zip" -> Optional.of(zip(pack.name() + ".conf", plain));
            default -> Optional.empty();
        };
    }

    String checksum(Clientpack pack, String format) {
        return Digest.hex("SHA-1", content(pack, format).orElseThrow());
    }

    private String configuration(Clientpack pack) {
        String seed = keys.get().map(Keyset.Keys::token).orElse("") + " " + pack.name() + " " + pack.edition();
        return "client\ndev tun\nproto udp\nremote " + server.get() + " 1194\n"
                + (pack.compressed() ? "comp-lzo\n" : "")
                + (pack.authenticated() ? "auth-user-pass\n" : "")
                + "<key>\n"
                + Base64.getEncoder().encodeToString(Digest.bytes("SHA-256", seed.getBytes(StandardCharsets.UTF_8)))
                + "\n</key>\n";
    }

    private static byte[] zip(String name, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            ZipEntry entry = new ZipEntry(name);
            // else the time of packing would make each packing another file
            entry.setTime(0);
            zip.putNextEntry(entry);
            zip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** One file in the ustar format of POSIX.1-1988, and the two empty blocks that end an archive. */
    private static byte[] tar(String name, byte[] content) {
        byte[] header = new byte[BLOCK];
        field(header, 0, name);
        field(header, 100, "0000600");
        field(header, 108, "0000000");
        field(header, 116, "0000000");
        field(header, 124, "%011o".formatted(content.length));
        field(header, 136, "%011o".formatted(0));
        field(header, 148, "        ");
        field(header, 156, "0");
        field(header, 257, "ustar\0" + "00");
        int sum = 0;
        for (byte one : header) {
            sum += one;
        }
        field(header, 148, "%06o\0 ".formatted(sum));
        int padded = (content.length + BLOCK - 1) / BLOCK * BLOCK;
        byte[] archive = new byte[BLOCK + padded + 2 * BLOCK];
        System.arraycopy(header, 0, archive, 0, BLOCK);
        System.arraycopy(content, 0, archive, BLOCK, content.length);
        return archive;
    }

    private static void field(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
