// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.hound;

import java.util.List;

/** Calls of the JDK that block and that BlockHound does not know by itself: files by channel, and names of hosts. */
record MoreBlockingCalls(String type, String method, String descriptor) {
    static final List<MoreBlockingCalls> CALLS = List.of(
            new MoreBlockingCalls("sun.nio.ch.FileChannelImpl", "read", "(Ljava/nio/ByteBuffer;)I"),
            new MoreBlockingCalls("sun.nio.ch.FileChannelImpl", "write", "(Ljava/nio/ByteBuffer;)I"),
            new MoreBlockingCalls("sun.nio.ch.FileChannelImpl", "force", "(Z)V"),
            new MoreBlockingCalls("sun.nio.fs.UnixNativeDispatcher", "open", "(Lsun/nio/fs/UnixPath;II)I"),
            new MoreBlockingCalls(
                    "java.net.Inet6AddressImpl", "lookupAllHostAddr", "(Ljava/lang/String;)[Ljava/net/InetAddress;"),
            new MoreBlockingCalls(
                    "java.net.Inet6AddressImpl", "lookupAllHostAddr", "(Ljava/lang/String;I)[Ljava/net/InetAddress;"));
}
