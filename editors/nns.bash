# Completion of nns for bash: source this file, or put it into
# ~/.local/share/bash-completion/completions/nns
_nns_parameters() {
  nns run "$1" --help 2>/dev/null | sed -n 's/^  \([A-Za-z_][A-Za-z_0-9]*\)=.*/\1=/p'
}
_nns() {
  local word=${COMP_WORDS[COMP_CWORD]} script= index
  COMPREPLY=()
  case ${COMP_WORDS[1]} in
    help) COMPREPLY=($(compgen -W "abs accuracy acos activation adadelta adagrad adam adamw all alpha ambiguous-spacing and any append argmax argmin as asin assert assertion atan atan2 auc augment augmented average avgpool b1 b2 bad-data bad-model-file batch batchnorm best bias bias_correction binary_crossentropy branch break breast_cancer brightness by category ceil channels checkpoint checkpoint_every choice class_weights classes clip clip_value close comment compare concat condition confusion contains continue contrast conv conv_transpose cos cosh cosine count crop crossentropy csv ctrl-c ctrl-d ctrl-l ctrl-r ctrl-z cumsum cutout data date dates decay decimal def delta dense depthwise derivative diabetes diagnose digits dilation domain-fault drop dropout duplicate-option e else elu encoding ends_with ensemble epoch epochs eps erf escape evaluate every exact examples exp explain exponential extra-value f1 factor false fashion_mnist file-not-found filter filters fit flatten flip floor folds for foreign-syntax formula from frozen function gd gelu globalpool glorot gradcheck gradients greatest group groups grow hard_sigmoid he header help hinge history huber idx if image images in include index-out-of-range index_of init input inputs interrupted invalid-character invalid-number invalid-text iris join keep keys kl l1 l2 labels late-seed layer layernorm leaky_relu least lecun len length-mismatch let limit limit-reached linear lion list load log log10 log2 log_loss loss loss-not-finite losses lower lr lrfind mae map mark max maxpool mean median members message metric metrics min misfit mish misplaced-statement missing missing-value missing_values mistakes mixup model models momentum mse nadam name name-taken nesterov neuron no-data no-model no-result noise none normal normalize not not-an-equation not-assignable not-callable not-one-truth not-trained number numpy of on one_cycle onehot ones only optimizer or order other-training out-of-range outputs padding param path patience penguins periodic pi picture plateau plot poisson positive pow precision predict print product prompt query quiet quit quote r2 ragged random range range-end rare rate raw recall recursion-too-deep regularize relu repeat repeated-rows replace report reset reshape residual resume return reverse rho rmse rmsprop rotate round row rows rprop sample save scale seconds seed selu separator sgd shadowed-value shape shape-mismatch shift show shrink shuffle sigmoid sign silu sin sinh size skip slope smoothing softmax softplus softsign sort source split spread sqlite sqrt start starts_with state statistic std step steps stratify stride sum summary sweep tab table tan tanh target tensor test test_labels text then threshold time timer to too-deep top10 top2 top3 top5 topic train transpose trim true tutorial unclosed-block unclosed-bracket unclosed-text undecided-target undo unexpected-token uniform unique units unknown-command unknown-field unknown-name unknown-option unknown-parameter unknown-topic unlikely-loss unreadable-file unsupported until untrained unused-value unused-variable unwritable-file up upper upsample upto use val_accuracy val_auc val_exact val_f1 val_log_loss val_loss val_mae val_precision val_r2 val_recall val_rmse val_top10 val_top2 val_top3 val_top5 validation values var variables warmup waves weight weights what while wine wrong-count wrong-type x zeros zip zoom" -- "$word")); return ;;
    explain) COMPREPLY=($(compgen -W "ambiguous-spacing assertion bad-data bad-model-file domain-fault duplicate-option extra-value file-not-found foreign-syntax index-out-of-range interrupted invalid-character invalid-number invalid-text late-seed length-mismatch limit-reached loss-not-finite misfit misplaced-statement missing-value name-taken no-data no-model no-result not-an-equation not-assignable not-callable not-one-truth not-trained other-training out-of-range range-end recursion-too-deep repeated-rows shadowed-value shape-mismatch too-deep unclosed-block unclosed-bracket unclosed-text undecided-target unexpected-token unknown-command unknown-field unknown-name unknown-option unknown-parameter unknown-topic unlikely-loss unreadable-file unsupported untrained unused-value unused-variable unwritable-file wrong-count wrong-type" -- "$word")); return ;;
  esac
  for ((index = 1; index < COMP_CWORD; index++)); do
    case ${COMP_WORDS[index]} in *.nn) script=${COMP_WORDS[index]} ;; esac
  done
  case $word in
    -*) COMPREPLY=($(compgen -W "-e -i --quiet --json --threads= --error-format= --color= --progress= --ascii --init= --no-init --version --help" -- "$word"))
        [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace ;;
    *) if [[ -n $script && ${COMP_WORDS[1]} != check ]]; then
         COMPREPLY=($(compgen -W "$(_nns_parameters "$script")" -- "$word"))
         compopt -o nospace
       else
         COMPREPLY=($(compgen -f -X '!*.nn' -- "$word") $(compgen -d -- "$word"))
         compopt -o filenames
         if [[ $COMP_CWORD -eq 1 ]]; then
           COMPREPLY+=($(compgen -W "run check help explain" -- "$word"))
         fi
       fi ;;
  esac
}
complete -F _nns nns
