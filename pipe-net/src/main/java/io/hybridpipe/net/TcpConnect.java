// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

/** One TCP connection, opened and closed again; a cancel closes it in mid-way. */
final class TcpConnect implements CompletionHandler<Void, Void> {
    private final AsynchronousSocketChannel channel;
    private final MonoSink<InetSocketAddress> sink;
    private final InetSocketAddress target;
    private final AtomicBoolean ended = new AtomicBoolean();

    private TcpConnect(AsynchronousSocketChannel channel, InetSocketAddress target, MonoSink<InetSocketAddress> sink) {
        this.channel = channel;
        this.target = target;
        this.sink = sink;
    }

    /** Emits the address once it has accepted a connection. A name is looked up on {@code boundedElastic}, each time. */
    static Mono<InetSocketAddress> to(InetSocketAddress target) {
        return target.isUnresolved()
                ? Mono.fromCallable(() -> lookedUp(target))
                        .subscribeOn(Schedulers.boundedElastic())
                        .flatMap(TcpConnect::toAddress)
                : toAddress(target);
    }

    private static InetSocketAddress lookedUp(InetSocketAddress target) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(target.getHostString()), target.getPort());
    }

    private static Mono<InetSocketAddress> toAddress(InetSocketAddress target) {
        return Mono.create(sink -> {
            try {
                TcpConnect connect = new TcpConnect(AsynchronousSocketChannel.open(), target, sink);
                sink.onDispose(connect::close);
                connect.channel.connect(target, null, connect);
            } catch (IOException | RuntimeException e) {
                sink.error(e);
            }
        });
    }

    @Override
    public void completed(Void result, Void attachment) {
        if (ended.compareAndSet(false, true)) {
            sink.success(target);
        }
    }

    @Override
    public void failed(Throwable error, Void attachment) {
        if (ended.compareAndSet(false, true)) {
            sink.error(error);
        }
    }

    private void close() {
        ended.set(true);
        try {
            channel.close();
        } catch (IOException gone) {
            // there is nothing left to close
        }
    }
}
