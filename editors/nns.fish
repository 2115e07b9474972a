# Completion of nns for fish: put this file into ~/.config/fish/completions
function __nns_parameters
  for word in (commandline -opc)
    if string match -q '*.nn' -- $word
      nns run $word --help 2>/dev/null | string replace -rf '^  ([A-Za-z_][A-Za-z_0-9]*)=.*' '$1='
    end
  end
end
complete -c nns -f
complete -c nns -n 'not __fish_seen_subcommand_from help explain' -k -a '(__fish_complete_suffix .nn)'
complete -c nns -n 'not __fish_seen_subcommand_from check help explain' -a '(__nns_parameters)'
complete -c nns -n __fish_use_subcommand -a run -d 'run a script, with NAME=VALUE for its parameters'
complete -c nns -n __fish_use_subcommand -a check -d 'check scripts without running them'
complete -c nns -n __fish_use_subcommand -a help -d 'about a word of the language, or a search'
complete -c nns -n __fish_use_subcommand -a explain -d 'about an error code'
complete -c nns -n '__fish_seen_subcommand_from help' -a 'abs accuracy acos activation adadelta adagrad adam adamw all alpha ambiguous-spacing and any append argmax argmin as asin assert assertion atan atan2 auc augment augmented average avgpool b1 b2 bad-data bad-model-file batch batchnorm best bias bias_correction binary_crossentropy branch break breast_cancer brightness by category ceil channels choice class_weights classes clip clip_value close comment compare concat condition confusion contains continue contrast conv conv_transpose cos cosh cosine count crop crossentropy csv ctrl-c ctrl-d ctrl-l ctrl-r ctrl-z cumsum cutout data date dates decay decimal def delta dense depthwise derivative diabetes diagnose digits dilation domain-fault drop dropout duplicate-option e else elu encoding ends_with ensemble epoch epochs eps erf escape evaluate every exact examples exp explain exponential extra-value f1 factor false fashion_mnist file-not-found filter filters fit flatten flip floor folds for foreign-syntax formula from frozen function gd gelu globalpool glorot gradcheck gradients greatest group groups grow hard_sigmoid he header help hinge history huber idx if image images in include index-out-of-range index_of init input inputs interrupted invalid-character invalid-number invalid-text iris join keep keys kl l1 l2 labels late-seed layer layernorm leaky_relu least lecun len length-mismatch let limit limit-reached linear lion list load log log10 log2 log_loss loss loss-not-finite losses lower lr lrfind mae map mark max maxpool mean median members message metric metrics min misfit mish misplaced-statement missing missing-value missing_values mistakes mixup model models momentum mse nadam name name-taken nesterov neuron no-data no-model no-result noise none normal normalize not not-an-equation not-assignable not-callable not-one-truth not-trained number numpy of on one_cycle onehot ones only optimizer or order out-of-range outputs padding param path patience penguins periodic pi picture plateau plot poisson positive pow precision predict print product prompt query quiet quit quote r2 ragged random range range-end rare rate raw recall recursion-too-deep regularize relu repeat repeated-rows replace reset reshape residual return reverse rho rmse rmsprop rotate round row rows rprop sample save seconds seed selu separator sgd shadowed-value shape shape-mismatch shift show shrink shuffle sigmoid sign silu sin sinh size skip slope smoothing softmax softplus softsign sort source split spread sqlite sqrt start starts_with state statistic std step steps stratify stride sum summary sweep tab table tan tanh target tensor test test_labels text then threshold time timer to too-deep top10 top2 top3 top5 topic train transpose trim true tutorial unclosed-block unclosed-bracket unclosed-text undecided-target undo unexpected-token uniform unique units unknown-command unknown-field unknown-name unknown-option unknown-parameter unknown-topic unlikely-loss unreadable-file unsupported until untrained unused-value unused-variable unwritable-file up upper upsample upto use val_accuracy val_auc val_exact val_f1 val_log_loss val_loss val_mae val_precision val_r2 val_recall val_rmse val_top10 val_top2 val_top3 val_top5 validation values var variables warmup waves weight weights what while wine wrong-count wrong-type x zeros zip zoom'
complete -c nns -n '__fish_seen_subcommand_from explain' -a 'ambiguous-spacing assertion bad-data bad-model-file domain-fault duplicate-option extra-value file-not-found foreign-syntax index-out-of-range interrupted invalid-character invalid-number invalid-text late-seed length-mismatch limit-reached loss-not-finite misfit misplaced-statement missing-value name-taken no-data no-model no-result not-an-equation not-assignable not-callable not-one-truth not-trained out-of-range range-end recursion-too-deep repeated-rows shadowed-value shape-mismatch too-deep unclosed-block unclosed-bracket unclosed-text undecided-target unexpected-token unknown-command unknown-field unknown-name unknown-option unknown-parameter unknown-topic unlikely-loss unreadable-file unsupported untrained unused-value unused-variable unwritable-file wrong-count wrong-type'
complete -c nns -s e -x -d 'run a line of script; may be repeated'
complete -c nns -s i -r -F -d 'run a script, then start the prompt'
complete -c nns -l quiet -d 'results and errors only'
complete -c nns -l json -d 'write each event and diagnostic as a JSON line'
complete -c nns -l threads -x -d 'limit the number of threads; results do not change'
complete -c nns -l error-format -x -d 'diagnostics as text, short or json'
complete -c nns -l color -x -d 'auto, always or never'
complete -c nns -l progress -x -d 'auto, bar, text or none'
complete -c nns -l ascii -d 'draw tables, curves and pictures in plain characters'
complete -c nns -l init -r -F -d 'run this script before the prompt'
complete -c nns -l no-init -d 'start the prompt without init.nn'
complete -c nns -l version -d 'print the version'
complete -c nns -l help -d 'print the options'
