// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.models.SecurityRuleProtocol;
import io.hybridpipe.Input;
import io.hybridpipe.State;
import io.hybridpipe.net.Cidr;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a network security group shall let in: to which ports, and from where.
 *
 * <pre>{@code
 * InboundRule.udp(500, 4500).from(ON_PREMISES)
 * InboundRule.esp().fromTag("Internet")
 * }</pre>
 *
 * <p>Immutable.
 */
public final class InboundRule {
    private static final Pattern TAG = Pattern.compile("[A-Za-z][A-Za-z0-9.]*");

    private final @Nullable Ports ports;
    private final @Nullable Input<String> source;

    private InboundRule(@Nullable Ports ports, @Nullable Input<String> source) {
        this.ports = ports;
        this.source = source;
    }

    static InboundRule ofNothing() {
        return new InboundRule(null, null);
    }

    private static InboundRule of(Ports ports) {
        return new InboundRule(ports, null);
    }

    /**
     * To these TCP ports.
     *
     * @throws IllegalArgumentException if there is none, or one is not from 1 to 65535
     */
    public static InboundRule tcp(int... ports) {
        return of(Ports.tcp(ports));
    }

    /**
     * To these UDP ports.
     *
     * @throws IllegalArgumentException if there is none, or one is not from 1 to 65535
     */
    public static InboundRule udp(int... ports) {
        return of(Ports.udp(ports));
    }

    /** ESP, the protocol of IPsec without NAT traversal. */
    public static InboundRule esp() {
        return of(Ports.of(SecurityRuleProtocol.ESP));
    }

    /** ICMP of every type. */
    public static InboundRule icmp() {
        return of(Ports.of(SecurityRuleProtocol.ICMP));
    }

    /** All protocols and ports. */
    public static InboundRule any() {
        return of(Ports.of(SecurityRuleProtocol.ASTERISK));
    }

    /** From these addresses. */
    public InboundRule from(Cidr callers) {
        return from(Input.value(callers));
    }

    /** From these addresses. */
    public InboundRule from(Input<? extends Cidr> callers) {
        return new InboundRule(ports, callers.map(Cidr::toString));
    }

    /**
     * From the addresses that a service tag means.
     *
     * @param serviceTag such as {@code VirtualNetwork}, {@code Internet} or {@code AzureCloud.westeurope}
     * @throws IllegalArgumentException if no service tag is written like this
     */
    public InboundRule fromTag(String serviceTag) {
        if (!TAG.matcher(serviceTag).matches()) {
            throw new IllegalArgumentException("service tag '" + serviceTag + "' must match " + TAG.pattern());
        }
        return new InboundRule(ports, Input.value(serviceTag));
    }

    boolean hasSource() {
        return source != null;
    }

    /** The same to other ports. */
    InboundRule withPortsOf(InboundRule other) {
        return new InboundRule(other.ports, source);
    }

    /**
     * What it reads.
     *
     * @param step the step that it is for, for messages
     * @throws IllegalStateException if ports or source were not given
     */
    Input<String> source(String step) {
        if (ports == null) {
            throw new IllegalStateException(step + ": call tcp(..) or another method that names a protocol");
        }
        if (source == null) {
            throw new IllegalStateException(step + ": call from(..)");
        }
        return source;
    }

    Access in(State state, String step) {
        String from = source(step).get(state);
        return new Access(given(), from);
    }

    private Ports given() {
        if (ports == null) {
            throw new IllegalStateException("no protocol was given");
        }
        return ports;
    }
}
