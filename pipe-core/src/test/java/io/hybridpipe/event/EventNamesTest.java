// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EventNamesTest {
    private static final EventHeader HEADER =
            new EventHeader(RunId.of("r"), 0, Path.of("net/create"), 1, Instant.EPOCH, Map.of());

    @Test
    void theTypeOfAnEventIsItsOwnNameAndNotThatOfItsStep() {
        PipeEvent started = new PipeEvent.StepStarted(HEADER, "DeployStack");

        assertThat(started.type()).isEqualTo("StepStarted");
        assertThat(started.fields()).containsEntry("type", "StepStarted").containsEntry("stepType", "DeployStack");
    }

    @Test
    void noEventHasAFieldThatHidesOneThatAllEventsHave() {
        Set<String> ofAll = Set.of("schema", "type", "run", "sequence", "path", "attempt", "at", "labels");

        assertThat(PipeEvent.class.getPermittedSubclasses()).isNotEmpty().allSatisfy(event -> assertThat(
                        Arrays.stream(event.getRecordComponents()).map(RecordComponent::getName))
                .doesNotContainAnyElementsOf(ofAll));
    }
}
