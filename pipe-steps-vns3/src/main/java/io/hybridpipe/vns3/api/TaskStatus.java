// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

/**
 * What {@code GET /status/task} tells of work in the background.
 *
 * @param status such as {@code pending}, {@code finished_ok}, {@code finished_failed}, {@code invalid}
 * @param other what else it tells
 */
public record TaskStatus(String status, OtherFields other) {
    /** Whether the work is done, and well. */
    public boolean finishedWell() {
        return status.equals("finished_ok");
    }

    /** Whether nothing more will happen: it is done, it failed, or the controller does not know it. */
    public boolean over() {
        return status.startsWith("finished") || status.startsWith("failed") || status.equals("invalid");
    }

    static TaskStatus from(Fields fields) {
        return new TaskStatus(fields.text("task_status", "status").orElse(""), fields.other());
    }
}
