// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.Input;
import io.hybridpipe.State;
import io.hybridpipe.net.Cidr;
import java.util.Optional;

/**
 * What a security group shall admit: to which ports, and from where.
 *
 * <pre>{@code
 * IngressRule.tcp(8000).from(MY_IP)
 * IngressRule.udp(500, 4500).from(PEERS)
 * IngressRule.all().fromGroup(CONTROLLER_SG)
 * }</pre>
 *
 * <p>Immutable.
 */
public final class IngressRule {
    private final Ports ports;
    private final Input<String> source;

    private IngressRule(Ports ports, Input<String> source) {
        this.ports = ports;
        this.source = source;
    }

    private static IngressRule of(Ports ports) {
        return new IngressRule(ports, Missing.call("from(..) or fromGroup(..)"));
    }

    /** To one TCP port. */
    public static IngressRule tcp(int port) {
        return tcp(port, port);
    }

    /**
     * To a range of TCP ports, both ends included.
     *
     * @throws IllegalArgumentException if it is not within 0 to 65535
     */
    public static IngressRule tcp(int first, int last) {
        return of(Ports.tcp(first, last));
    }

    /** To one UDP port. */
    public static IngressRule udp(int port) {
        return udp(port, port);
    }

    /**
     * To a range of UDP ports, both ends included.
     *
     * @throws IllegalArgumentException if it is not within 0 to 65535
     */
    public static IngressRule udp(int first, int last) {
        return of(Ports.udp(first, last));
    }

    /** ICMP of every type; ICMPv6 from IPv6 addresses. */
    public static IngressRule icmp() {
        return of(Ports.icmp());
    }

    /**
     * Another protocol by its number, for instance 50 for IPsec's ESP.
     *
     * @throws IllegalArgumentException if it is not within 0 to 255, or has a method of its own here
     */
    public static IngressRule protocol(int number) {
        return of(Ports.protocol(number));
    }

    /** All protocols and ports. */
    public static IngressRule all() {
        return of(Ports.all());
    }

    /** From these addresses. */
    public IngressRule from(Cidr block) {
        return from(Input.value(block));
    }

    /** From these addresses. */
    public IngressRule from(Input<? extends Cidr> block) {
        return new IngressRule(ports, block.map(Cidr::toString));
    }

    /** From the interfaces of this security group, {@code sg-…}. */
    public IngressRule fromGroup(String id) {
        return fromGroup(Input.value(id));
    }

    /** From the interfaces of this security group, {@code sg-…}. */
    public IngressRule fromGroup(Input<? extends String> id) {
        return new IngressRule(ports, id.map(text -> text));
    }

    /** The same to other ports. */
    IngressRule withPortsOf(IngressRule other) {
        return new IngressRule(other.ports, source);
    }

    Input<String> source() {
        return source;
    }

    Ingress in(String group, State state) {
        return Ingress.of(group, ports, source.get(state));
    }

    /** The rule in a group, if what it reads is known. */
    Optional<Ingress> findIn(Input<? extends String> group, State state) {
        Optional<String> knownSource = source.find(state);
        return group.find(state).flatMap(id -> knownSource.map(known -> Ingress.of(id, ports, known)));
    }
}
