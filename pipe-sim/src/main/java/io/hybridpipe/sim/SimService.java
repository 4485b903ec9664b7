// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim;

/**
 * What a stand-in is to its {@link SimServer}: it names calls, answers them, and renders errors in its own wire form.
 *
 * <p>Methods are called from many threads at once.
 */
public interface SimService {

    /** Says what a request asks for; it changes nothing and throws nothing, whatever the request. */
    Operation identify(SimRequest request);

    /** Does what the request asks for and answers it. What it throws is answered as status 500 and logged. */
    SimResponse answer(SimRequest request);

    /** Renders an error as the service would, with the status that the service sends with this code. */
    SimResponse error(SimRequest request, String code, String message);

    /**
     * Told when a request is over: its answer has gone out, or its connection was closed without one. What a service does
     * to itself after an answer, such as a reboot, belongs here. Not called for requests that are left in silence.
     */
    default void answered(SimRequest request) {}
}
