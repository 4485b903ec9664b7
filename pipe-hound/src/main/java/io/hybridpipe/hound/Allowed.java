// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.hound;

import java.util.List;

/**
 * A method inside which threads that must not block may block.
 *
 * @param because why that is sound
 */
record Allowed(String type, String method, String because) {
    private static final String SHORT =
            "a lock that guards a queue or a cache, ours in Scribe and many of the SDKs and the JDK, is held for some"
                    + " instructions; waiting for synchronized, which is the same, BlockHound cannot see either";

    static final List<Allowed> CALLS = List.of(
            new Allowed(
                    "java.util.concurrent.ThreadPoolExecutor", "getTask", "a thread of a pool waits for its next task"),
            new Allowed(
                    "java.util.concurrent.ThreadPoolExecutor$Worker",
                    "lock",
                    "a thread of a pool that is being shut down waits until it has been interrupted, some instructions"),
            new Allowed(
                    "java.util.concurrent.FutureTask",
                    "handlePossibleCancellationInterrupt",
                    "a timer that is disposed of while it ends yields for the instant in which it is being interrupted"),
            new Allowed("java.util.concurrent.locks.ReentrantLock", "lock", SHORT),
            new Allowed("java.util.concurrent.locks.ReentrantReadWriteLock$ReadLock", "lock", SHORT),
            new Allowed("java.util.concurrent.locks.ReentrantReadWriteLock$WriteLock", "lock", SHORT),
            new Allowed(
                    "sun.security.provider.NativePRNG$RandomIO",
                    "readFully",
                    "/dev/urandom answers at once (random(4))"),
            new Allowed(
                    "io.netty.channel.pool.SimpleChannelPool",
                    "close",
                    "the AWS SDK closes its connections on Netty's global executor, where no call is waited for"),
            new Allowed(
                    "com.azure.core.util.CoreUtils",
                    "getProperties",
                    "each of the Azure SDK's clients reads its version from its own jar, once, as its classes are read"),
            new Allowed(
                    "inet.ipaddr.format.validate.BundleLoader",
                    "loadBundle",
                    "the library of addresses reads its messages from its own jar, once, as its classes are read"),
            new Allowed(
                    "javax.crypto.JceSecurity",
                    "setupJurisdictionPolicies",
                    "the JDK reads its own policy files once, when the first request of a process is signed"));
}
