import { SearchModel } from "@web/search/search_model";

/**
 * Knows which of its filters are about the state of a bank line, so that the screen can count the states of
 * everything else that was searched for.
 */
export class ReviewSearchModel extends SearchModel {
    /** The id of the group to which all filters of states belong. */
    get stateGroupId() {
        return Object.values(this.searchItems).find((item) => item.name === "waiting")?.groupId;
    }

    _isState(queryElement) {
        return this.searchItems[queryElement.searchItemId].groupId === this.stateGroupId;
    }

    /** The domain of the search without its filters of states. */
    get scopeDomain() {
        const query = this.query;
        this.query = query.filter((element) => !this._isState(element));
        try {
            return this._getDomain();
        } finally {
            this.query = query;
        }
    }

    /** Names of the active filters of states. */
    get activeStates() {
        return this.query
            .filter((element) => this._isState(element))
            .map((element) => this.searchItems[element.searchItemId].name);
    }

    /** Show the lines of this filter of states alone; without a name those of all states. */
    showState(name) {
        this.query = this.query.filter((element) => !this._isState(element));
        const item = Object.values(this.searchItems).find((each) => each.name === name);
        if (item) {
            this.toggleSearchItem(item.id);
        } else {
            this._notify();
        }
    }

    _isJournal(queryElement) {
        return this.searchItems[queryElement.searchItemId].fieldName === "journal_id";
    }

    get activeJournals() {
        return this.query
            .filter((element) => this._isJournal(element) && element.autocompleteValue)
            .map((element) => element.autocompleteValue.value);
    }

    /** Show the lines of this journal alone; without one those of all journals. */
    showJournal(journal) {
        this.query = this.query.filter(
            (element) => !(this._isJournal(element) && element.autocompleteValue)
        );
        const item = Object.values(this.searchItems).find(
            (each) => each.type === "field" && each.fieldName === "journal_id"
        );
        if (journal && item) {
            this.addAutoCompletionValues(item.id, {
                label: journal.name,
                value: journal.id,
                operator: "=",
            });
        } else {
            this._notify();
        }
    }
}
