// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.event;

import java.time.Instant;
import java.util.Map;

/**
 * What every event bears.
 *
 * @param run the run
 * @param sequence the event's number in its run, from 0 without gaps
 * @param path the element, or the pipe's own path for events of the whole run
 * @param attempt the attempt, from 1; 0 where no attempt is meant
 * @param at when, by the run's clock, to the millisecond
 * @param labels the labels that the run's options carry
 */
public record EventHeader(RunId run, long sequence, Path path, int attempt, Instant at, Map<String, String> labels) {}
